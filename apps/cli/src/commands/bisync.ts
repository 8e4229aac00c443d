import { spending } from "@ourclone/jobs/place/CostFields"
import { pacing } from "@ourclone/jobs/transfer/TransferFields"
import { merging, pairing } from "@ourclone/jobs/twoway/BisyncFields"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import { filterFlags } from "../FilterFlags.ts"
import { on } from "../Flags.ts"
import { lazily } from "../Lazily.ts"
import { argumentOf, flagsOf, refusalOf } from "../RequestFlags.ts"
import { dryRun } from "../TransferFlags.ts"

export const bisync = Command.make(
  "bisync",
  {
    first: argumentOf(pairing, "first"),
    second: argumentOf(pairing, "second"),
    dryRun,
    ...flagsOf({ ...merging, ...spending, ...pacing }),
    createsBucket: refusalOf("createsBucket"),
    progress: on("progress", "Show progress even where standard error is no terminal").pipe(Flag.withAlias("P")),
    filters: filterFlags
  },
  (flags) =>
    lazily(
      () => import("../BisyncCommand.ts"),
      (module) => module.run(flags)
    )
).pipe(
  Command.withDescription(
    "Make two folders the same, whichever of them was changed. What was removed on one side since the last run is removed on the other; a first run removes nothing. A file that was changed on both sides is kept twice, the older version as NAME (conflict TIME)"
  ),
  Command.withShortDescription("Make two folders the same, whichever was changed"),
  Command.withExamples([
    { command: "ourclone bisync --dry-run ~/Notes b2:my-bucket/notes", description: "See what would be done" },
    { command: "ourclone bisync ~/Notes b2:my-bucket/notes", description: "Do it, on each machine that has the notes" }
  ])
)
