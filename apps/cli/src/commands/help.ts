import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Effect from "effect/Effect"

/** Only to be listed: `Arguments.normalize` makes `--help` of it, which every command answers. */
export const help = Command.make(
  "help",
  {
    command: Argument.String("command").pipe(
      Argument.withDescription("One that has more of them is followed by one of those"),
      Argument.variadic({ min: 0 })
    )
  },
  () => Effect.void
).pipe(
  Command.withDescription("Tell about a command, as --help after it does"),
  Command.withExamples([{ command: "ourclone help repo key add", description: "One command" }])
)
