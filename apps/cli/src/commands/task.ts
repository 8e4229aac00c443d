import * as Command from "effect/cli/Command"
import { on } from "../Flags.ts"
import { lazily } from "../Lazily.ts"

const run = Command.make(
  "run",
  { stdin: on("stdin", "Take one order from standard input, and print what happens as JSON lines") },
  () =>
    lazily(
      () => import("../TaskRun.ts"),
      ({ run }) => run
    )
).pipe(
  Command.withDescription("Run one job for another program: the order on standard input, events on standard output")
)

/** Not listed: it is for programs, which know what goes in. */
export const task = Command.make("task").pipe(
  Command.withDescription("Jobs in processes of their own"),
  Command.withSubcommands([run]),
  Command.unlisted
)
