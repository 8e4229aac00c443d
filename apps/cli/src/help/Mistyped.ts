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

const globals: ReadonlyArray<string> = ["help", "version", ...settings.map(({ id }) => id)]

const flag = (root: Command.Command.Any, option: string, path: ReadonlyArray<string>): string => {
  const flags = [
    ...(descriptorOf(root, path)?.flags.map(({ name }) => `--${name}`) ?? []),
    ...globals.map((name) => `--${name}`)
  ]
  const meant = own(OtherWords.flags, option)
  const near = meant === undefined ? nearest(option, flags) : undefined
  const hint = meant === undefined ? (near === undefined ? "" : `; did you mean ${near}?`) : `; here: ${meant}`
  return `Unrecognized flag: ${option} in command ${["ourclone", ...path].join(" ")}${hint}`
}

/** Undefined of an error that is about something else. */
export const told = (
  error: CliError.CliError,
  root: Command.Command.Any,
  words: ReadonlyArray<string>
): string | undefined => {
  if (error._tag === "UnknownSubcommand") {
    const above = error.parent?.slice(1) ?? []
    const next = words[words.indexOf(error.subcommand) + 1]
    return command(above, error.subcommand, next, descriptorOf(root, above)?.subcommands.map(({ name }) => name) ?? [])
  }
  return error._tag === "UnrecognizedOption" ? flag(root, error.option, error.command?.slice(1) ?? []) : undefined
}
