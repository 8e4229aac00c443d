/** A command line with the words that a profile of the configuration adds to it. Pure. */
import type { ConfiguredProfile, ProfileFields, ProfileValue } from "@ourclone/core/configuration/ConfiguredProfiles"
import { didYouMean } from "@ourclone/core/configuration/Suggestion"
import * as TomlStatements from "@ourclone/core/configuration/TomlStatements"
import type * as Completions from "effect/cli/Completions"

export interface Asked {
  /** The profile, by its name. */
  readonly profile: string
  /** Without the flag that names it. */
  readonly words: ReadonlyArray<string>
}

const flag = "--profile"

const end = (words: ReadonlyArray<string>): number => {
  const at = words.indexOf("--")
  return at < 0 ? words.length : at
}

/** The profile that the words name; none where they name none. What stands behind `--` is another command's. */
export const askedOf = (words: ReadonlyArray<string>): Asked | undefined => {
  const at = words.slice(0, end(words)).findIndex((word) => word === flag || word.startsWith(`${flag}=`))
  if (at < 0) return undefined
  const [, attached] = /^--profile=(.*)$/s.exec(words[at]!) ?? []
  const profile = attached ?? words[at + 1]
  if (profile === undefined || profile === "--") return undefined
  return { profile, words: words.toSpliced(at, attached === undefined ? 2 : 1) }
}

interface Named {
  readonly command: Completions.CommandDescriptor
  /** `repo check` */
  readonly name: string
  /** Behind its last word. */
  readonly at: number
}

const commandOf = (root: Completions.CommandDescriptor, words: ReadonlyArray<string>): Named => {
  let named: Named = { command: root, name: "", at: 0 }
  for (const [index, word] of words.slice(0, end(words)).entries()) {
    if (word.startsWith("-")) continue
    const command = named.command.subcommands.find(({ name }) => name === word)
    if (command === undefined) break
    named = { command, name: named.name === "" ? word : `${named.name} ${word}`, at: index + 1 }
  }
  return named
}

/** Whether profiles are for the command. `remote add` has a flag of that name for something else. */
export const takesProfile = (root: Completions.CommandDescriptor, words: ReadonlyArray<string>): boolean => {
  const { command, name } = commandOf(root, words)
  return name !== "remote add" && takes(command)
}

const takes = ({ flags }: Completions.CommandDescriptor): boolean => flags.some((one) => one.name === flag.slice(2))

/** What a profile may say for a command. */
const keysOf = ({ arguments: places, flags }: Completions.CommandDescriptor): ReadonlyArray<string> =>
  [...flags, ...places].map(({ name }) => name).filter((name) => name !== flag.slice(2))

/** All commands that profiles are for, by their words. */
const profiled = (
  { subcommands }: Completions.CommandDescriptor,
  begin = ""
): ReadonlyArray<readonly [name: string, command: Completions.CommandDescriptor]> =>
  subcommands.flatMap((command) => {
    const name = `${begin}${command.name}`
    return [...(takes(command) ? [[name, command] as const] : []), ...profiled(command, `${name} `)]
  })

/** What no command takes: for whichever command it is said, nothing of the profile is to hold then. */
export const unknown = (
  root: Completions.CommandDescriptor,
  { commands, name, shared }: ConfiguredProfile
): string | undefined => {
  const all = new Map(profiled(root))
  const at = (...keys: ReadonlyArray<string>): string =>
    ["profiles", name, ...keys].map(TomlStatements.writeKey).join(".")
  const any = [...new Set([...all.values()].flatMap(keysOf))]
  for (const key of shared.keys()) {
    if (!any.includes(key)) return `${at(key)}: no command has a "${key}"${didYouMean(key, any)}`
  }
  for (const [words, fields] of commands) {
    const command = all.get(words)
    if (command === undefined) {
      return `${at(words)}: profiles are for no command "${words}"${didYouMean(words, [...all.keys()])}`
    }
    const keys = keysOf(command)
    const wrong = [...fields.keys()].find((key) => !keys.includes(key))
    if (wrong !== undefined) return `${at(words, wrong)}: ${words} has no "${wrong}"${didYouMean(wrong, keys)}`
  }
  return undefined
}

const isTyped = (words: ReadonlyArray<string>, { aliases, name }: Completions.FlagDescriptor): boolean =>
  words.some(
    (word) =>
      word === `--${name}` ||
      word.startsWith(`--${name}=`) ||
      aliases.some((alias) => word.startsWith(`-${alias.replace(/^-+/, "")}`))
  )

const textsOf = (value: ProfileValue, home: string): ReadonlyArray<string> =>
  (Array.isArray(value) ? value : [value]).map((one) => String(one).replace(/^~(?=\/|$)/, home))

/** `words` with what the profile says for their command. What is typed comes before it; of lists both hold. */
export const withProfile = (
  root: Completions.CommandDescriptor,
  words: ReadonlyArray<string>,
  profile: ConfiguredProfile,
  home: string
): ReadonlyArray<string> => {
  const { at, command, name } = commandOf(root, words)
  const typed = words.slice(at, end(words))
  const flags: Array<string> = []
  const places: Array<string> = []

  const take = (fields: ProfileFields): void => {
    for (const [key, value] of fields) {
      const known = command.flags.find((one) => one.name === key)
      if (known !== undefined) {
        if (value === false || (!Array.isArray(value) && isTyped(typed, known))) continue
        if (value === true) flags.push(`--${key}`)
        else flags.push(...textsOf(value, home).map((text) => `--${key}=${text}`))
      } else if (command.arguments.some((one) => one.name === key)) places.push(...textsOf(value, home))
    }
  }

  const own = profile.commands.get(name) ?? new Map<string, ProfileValue>()
  const shared = new Map([...profile.shared].filter(([key]) => !own.has(key)))
  take(own)
  take(shared)
  return [...words.slice(0, at), ...flags, ...typed, ...places, ...words.slice(end(words))]
}
