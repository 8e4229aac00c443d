import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import { lazily } from "../Lazily.ts"

export const runner = Command.make(
  "runner",
  {
    atOnce: Flag.Int("at-once").pipe(
      Flag.withMetavar("count"),
      Flag.withDescription("How many tasks run on this machine at once"),
      Flag.withDefault(3)
    )
  },
  (flags) =>
    lazily(
      () => import("../task/MachineRunner.ts"),
      ({ run }) => run(flags)
    )
).pipe(
  Command.withDescription(
    "Run tasks on this machine beside others: all that have the same OURCLONE_DATABASE, a database of Postgres, share one list of tasks. It takes what was asked for here and, as it has room, copies, moves, syncs and checks between remotes that its configuration knows. Until ^C; what runs then goes on"
  ),
  Command.withShortDescription("Run tasks of several machines on this one"),
  Command.withExamples([
    {
      command: "OURCLONE_DATABASE=postgres://ourclone@db.home/ourclone ourclone runner",
      description: "On each machine that is to work"
    }
  ])
)
