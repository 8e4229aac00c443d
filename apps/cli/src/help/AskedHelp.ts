/** `help` of what may be no command. */
import type * as Command from "effect/cli/Command"
import * as Completions from "effect/cli/Completions"
import * as Mistyped from "./Mistyped.ts"

/** What is wrong with the words after `help`, where they name no command. What follows a command that has no others is passed over. */
export const refusal = (root: Command.Command.Any, words: ReadonlyArray<string>): string | undefined => {
  let command = Completions.fromCommand(root)
  for (const [index, word] of words.entries()) {
    const { subcommands } = command
    if (subcommands.length === 0) return undefined
    const next = subcommands.find(({ name }) => name === word)
    if (next === undefined) {
      const names = subcommands.map(({ name }) => name)
      const above = words.slice(0, index)
      const wrong = Mistyped.command(above, word, words[index + 1], names)
      return `${wrong}; for those that there are: ${["ourclone help", ...above].join(" ")}`
    }
    command = next
  }
  return undefined
}
