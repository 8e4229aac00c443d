/** What is wrong with words that name no command or no flag, and what was probably meant. */
import { didYouMean, nearest } from "@ourclone/core/configuration/Suggestion"
import type * as CliError from "effect/cli/CliError"
import type * as Command from "effect/cli/Command"
import * as Completions from "effect/cli/Completions"
import { settings } from "../GlobalFlags.ts"
import * as OtherWords from "./OtherWords.ts"

const own = (table: Readonly<Record<string, string>>, key: string): string | undefined =>
  Object.hasOwn(table, key) ? table[key] : undefined

/** `next` is the word after it. */
export const command = (
  above: ReadonlyArray<string>,
  word: string,
  next: string | undefined,
  names: ReadonlyArray<string>
): string => {
  const typed = [...above, word].join(" ")
  const meant = own(OtherWords.commands, `${typed} ${next}`) ?? own(OtherWords.commands, typed)
  return `there is no command "${typed}"${meant === undefined ? didYouMean(word, names) : `; here it is: ourclone ${meant}`}`
}

const descriptorOf = (root: Command.Command.Any, path: ReadonlyArray<string>) =>
  path.reduce<Completions.CommandDescriptor | undefined>(
    (above, name) => above?.subcommands.find((below) => below.name === name),
    Completions.fromCommand(root)
  )

const globals: ReadonlyArray<string> = ["help", "version", ...settings.map(({ id }) => id)].map((name) => `--${name}`)

const hintOf = (root: Command.Command.Any, option: string, path: ReadonlyArray<string>): string => {
  if (path.length === 0 && nearest(option, globals) === undefined) return "; flags come after the name of a command"
  const twin = OtherWords.repositoryFlags.has(option) ? own(OtherWords.ofRepositories, path.join(" ")) : undefined
  if (twin !== undefined) return `; for repositories: ourclone ${twin}`
  const meant = own(OtherWords.flags, option)
  if (meant !== undefined) return `; here: ${meant}`
  const flags = descriptorOf(root, path)?.flags.map(({ name }) => `--${name}`) ?? []
  const near = nearest(option, [...flags, ...globals])
  return near === undefined ? "" : `; did you mean ${near}?`
}

const flag = (root: Command.Command.Any, option: string, path: ReadonlyArray<string>): string =>
  `Unrecognized flag: ${option} in command ${["ourclone", ...path].join(" ")}${hintOf(root, option, path)}`

const one = (error: CliError.CliError, root: Command.Command.Any, words: ReadonlyArray<string>): string | undefined => {
  switch (error._tag) {
    case "UnknownSubcommand": {
      const above = error.parent?.slice(1) ?? []
      const next = words[words.indexOf(error.subcommand) + 1]
      const names = descriptorOf(root, above)?.subcommands.map(({ name }) => name) ?? []
      return command(above, error.subcommand, next, names)
    }
    case "UnrecognizedOption":
      return flag(root, error.option, error.command?.slice(1) ?? [])
    case "UnexpectedArgument": {
      const typed = error.arguments.find((each) => own(OtherWords.words, each) !== undefined)
      if (typed === undefined) return undefined
      return `Unexpected positional argument: "${typed}"; here: ${own(OtherWords.words, typed)}`
    }
    default:
      return undefined
  }
}

/**
 * Of a flag before a word that is no command, the flag is what went wrong, as the word may be its value; of flags after it
 * there is nothing to say, as no command has them.
 */
const telling = (errors: ReadonlyArray<CliError.CliError>, words: ReadonlyArray<string>) => {
  const wrong = errors.find((error) => error._tag === "UnknownSubcommand")
  if (wrong === undefined) return errors
  const before = words.slice(0, words.indexOf(wrong.subcommand))
  const flag = errors.find(
    (error) => error._tag === "UnrecognizedOption" && before.some((word) => word.split("=", 1)[0] === error.option)
  )
  return errors.filter((error) =>
    flag === undefined ? error._tag !== "UnrecognizedOption" : error._tag !== "UnknownSubcommand"
  )
}

/** In the words of this module, where it has some. */
export const told = (
  errors: ReadonlyArray<CliError.CliError>,
  root: Command.Command.Any,
  words: ReadonlyArray<string>
): ReadonlyArray<{ readonly error: CliError.CliError; readonly text: string | undefined }> =>
  telling(errors, words).map((error) => ({ error, text: one(error, root, words) }))
