/** A command line inside another one: what stands behind `--`. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type { CommandError } from "../ExitCode.ts"
import * as Asking from "./Asking.ts"

export interface CommandLineShape {
  /** Runs the words as a command line of this program. Usage that is wrong has been told. */
  readonly run: (words: ReadonlyArray<string>) => Effect.Effect<void, CommandError>
}

export class CommandLine extends Context.Service<CommandLine, CommandLineShape>()("@ourclone/cli/CommandLine") {}

/** The job that `words` ask for. */
export const askWords = (words: ReadonlyArray<string>) =>
  Effect.flatMap(CommandLine, ({ run }) => Asking.ask(words, run(words)))
