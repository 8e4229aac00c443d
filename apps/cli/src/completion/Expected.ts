/** What a word of a command line may be, told from the words before it and the tree of commands. Pure. */
import type * as Completions from "effect/cli/Completions"

/** What a text means that is completed by looking somewhere. */
export type Meaning = "place" | "account" | "bucket" | "remote" | "type" | "repository" | "file" | "folder"

export type Expected =
  | { readonly _tag: "Subcommand"; readonly of: Completions.CommandDescriptor }
  | { readonly _tag: "Flag"; readonly of: Completions.CommandDescriptor; readonly given: ReadonlySet<string> }
  | { readonly _tag: "Choice"; readonly values: ReadonlyArray<string> }
  | { readonly _tag: "Look"; readonly meaning: Meaning }
  | { readonly _tag: "Anything" }

export interface Asked {
  readonly expected: Expected
  /** What has been typed of it. */
  readonly typed: string
  /** What stands in the same word before it: `--repo=`. */
  readonly before: string
}

/** Where something is stored, by the name of an argument. */
const argumentMeanings: { readonly [name: string]: Meaning } = {
  source: "place",
  destination: "place",
  path: "place",
  url: "place",
  bucket: "bucket"
}

/** `remote` is an account to list, a place to test, or the name of a configured one. */
const meaningOf = (command: ReadonlyArray<string>, name: string): Meaning | undefined => {
  const line = command.join(" ")
  if (line === "backup" || line === "restore") return name === "path" ? "file" : undefined
  if (name === "name") return line === "remote add" ? undefined : "remote"
  if (name === "type") return "type"
  if (name === "remote") return line === "config explain" ? "remote" : "account"
  return argumentMeanings[name]
}

const flagMeaning = (name: string): Meaning | undefined => {
  if (name === "repo" || name === "from-repo" || name === "copy-chunker-params-from") return "repository"
  if (name === "target" || name === "cache-dir" || name === "temporary") return "folder"
  if (/(^|-)(file|from|from-raw|from-verbatim|report)$/.test(name)) return "file"
  return /^(backup-dir|compare-dest|copy-dest)$/.test(name) ? "place" : undefined
}

const takesValue = (flag: Completions.FlagDescriptor): boolean =>
  flag.type._tag !== "Boolean" && flag.optionalValue !== true

const named = ({ flags }: Completions.CommandDescriptor, word: string): Completions.FlagDescriptor | undefined =>
  flags.find(
    ({ aliases, name }) => word === `--${name}` || aliases.some((alias) => word === `-${alias.replace(/^-+/, "")}`)
  )

const expectedBy = (flag: Completions.FlagDescriptor): Expected => {
  if (flag.type._tag === "Choice") return { _tag: "Choice", values: flag.type.values }
  const meaning = flagMeaning(flag.name)
  return meaning === undefined ? { _tag: "Anything" } : { _tag: "Look", meaning }
}

const argumentAt = (of: Completions.CommandDescriptor, path: ReadonlyArray<string>, index: number): Expected => {
  const last = of.arguments.at(-1)
  const argument = of.arguments[index] ?? (last?.variadic === true ? last : undefined)
  if (argument === undefined) return { _tag: "Anything" }
  if (argument.type._tag === "Choice") return { _tag: "Choice", values: argument.type.values }
  const meaning = meaningOf(path, argument.name)
  return meaning === undefined ? { _tag: "Anything" } : { _tag: "Look", meaning }
}

/** `words` are those after the name of the program; the last one is to be completed. */
export const of = (root: Completions.CommandDescriptor, words: ReadonlyArray<string>): Asked => {
  let command = root
  const path: Array<string> = []
  const given = new Set<string>()
  let count = 0
  let waiting: Completions.FlagDescriptor | undefined
  let isPlain = false
  for (const word of words.slice(0, -1)) {
    if (waiting !== undefined) waiting = undefined
    else if (word === "--" && !isPlain) isPlain = true
    else if (word.startsWith("-") && word !== "-" && !isPlain) {
      const flag = named(command, word.split("=", 1)[0] ?? "")
      if (flag !== undefined) given.add(flag.name)
      if (flag !== undefined && takesValue(flag) && !word.includes("=")) waiting = flag
    } else {
      const next = count === 0 ? command.subcommands.find(({ name }) => name === word) : undefined
      if (next === undefined) count++
      else {
        command = next
        path.push(word)
      }
    }
  }
  const typed = words.at(-1) ?? ""
  if (waiting !== undefined) return { expected: expectedBy(waiting), typed, before: "" }
  if (typed.startsWith("-") && !isPlain) {
    const [, name = "", value = ""] = /^(--[^=]+)=(.*)$/s.exec(typed) ?? []
    const flag = name === "" ? undefined : named(command, name)
    if (flag !== undefined) return { expected: expectedBy(flag), typed: value, before: `${name}=` }
    return { expected: { _tag: "Flag", of: command, given }, typed, before: "" }
  }
  const isSubcommand = count === 0 && command.subcommands.length > 0
  const expected: Expected = isSubcommand ? { _tag: "Subcommand", of: command } : argumentAt(command, path, count)
  return { expected, typed, before: "" }
}
