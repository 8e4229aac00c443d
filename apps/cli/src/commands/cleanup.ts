import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import { place } from "../Flags.ts"
import { lazily } from "../Lazily.ts"
import { dryRun } from "../TransferFlags.ts"

export const cleanup = Command.make(
  "cleanup",
  {
    path: place("path", "A folder"),
    olderThan: Flag.String("older-than").pipe(
      Flag.withMetavar("age"),
      Flag.withDescription("Leave alone what was changed less than this long ago"),
      Flag.withDefault("1d")
    ),
    dryRun
  },
  (flags) =>
    lazily(
      () => import("../CleanupCommand.ts"),
      (module) => module.run(flags)
    )
).pipe(
  Command.withDescription(
    "Remove the temporary files of downloads that were cut off, in a folder and below it. What a run of this machine has left that no run can go on with goes whatever its age"
  ),
  Command.withShortDescription("Remove the temporary files of downloads that were cut off"),
  Command.withExamples([{ command: "ourclone cleanup --dry-run ~/Pictures", description: "See what would go" }])
)
