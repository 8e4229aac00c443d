import * as Command from "effect/cli/Command"
import * as Effect from "effect/Effect"
import { usage } from "../ExitCode.ts"
import { on, text } from "../Flags.ts"
import { lazily } from "../Lazily.ts"

const run = Command.make(
  "run",
  {
    stdin: on("stdin", "Take one order from standard input, and print what happens as JSON lines"),
    id: text("id", "id", "Run this task of the journal, which keeps what happens")
  },
  ({ id, stdin }) =>
    Effect.gen(function* () {
      if (stdin === (id !== undefined)) return yield* usage("say what to run: --stdin or --id")
      if (id === undefined) {
        return yield* lazily(
          () => import("../TaskRun.ts"),
          (module) => module.run
        )
      }
      return yield* lazily(
        () => import("../TaskRunner.ts"),
        (module) => module.run(id)
      )
    })
).pipe(
  Command.withDescription(
    "Run one job for another program: the order on standard input and events on standard output, or a task of the journal"
  )
)

/** Not listed: it is for programs, which know what goes in. */
export const task = Command.make("task").pipe(
  Command.withDescription("Jobs in processes of their own"),
  Command.withSubcommands([run]),
  Command.unlisted
)
