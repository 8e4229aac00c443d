import { comparing } from "@ourclone/jobs/repository/BackupFields"
import { keptSpans } from "@ourclone/jobs/repository/KeepFields"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import { on, place, text, texts } from "../Flags.ts"
import { lazily } from "../Lazily.ts"
import { pruneFlags, readingFlags, snapshotFilterFlags } from "../RepositoryFlags.ts"
import { flagsOf } from "../RequestFlags.ts"
import { dryRun } from "../TransferFlags.ts"

const keep = (name: string, what: string) => text(`keep-${name}`, "count", `Keep ${what}, or "unlimited"`)
const within = (what: string) => ({
  metavar: "span",
  description: `Keep ${what} this long before the newest, such as 1y6m7d12h (m is months)`
})
const spanWords = {
  keepWithin: within("all that are at most"),
  keepWithinHourly: within("the newest of each hour at most"),
  keepWithinDaily: within("the newest of each day at most"),
  keepWithinWeekly: within("the newest of each week at most"),
  keepWithinMonthly: within("the newest of each month at most"),
  keepWithinYearly: within("the newest of each year at most")
}

const policy = {
  keepLast: keep("last", "so many of the newest").pipe(Flag.withAlias("l")),
  keepHourly: keep("hourly", "the newest of so many hours").pipe(Flag.withAlias("H")),
  keepDaily: keep("daily", "the newest of so many days").pipe(Flag.withAlias("d")),
  keepWeekly: keep("weekly", "the newest of so many weeks").pipe(Flag.withAlias("w")),
  keepMonthly: keep("monthly", "the newest of so many months").pipe(Flag.withAlias("m")),
  keepYearly: keep("yearly", "the newest of so many years").pipe(Flag.withAlias("y")),
  ...flagsOf(keptSpans, spanWords),
  keepTag: texts("keep-tag", "tag,…", "Keep those with all of these tags; repeated, any of the lists")
}

export const forget = Command.make(
  "forget",
  {
    ...readingFlags,
    ids: place("snapshot", "Forget these, whatever is to be kept").pipe(Argument.atLeast(0)),
    ...policy,
    ...snapshotFilterFlags,
    ...flagsOf({ groupBy: comparing.groupBy }),
    compact: on("compact", "Leave out paths").pipe(Flag.withAlias("c")),
    allowRemoveAll: on("unsafe-allow-remove-all", "With a filter, let a policy forget every snapshot of a group"),
    prune: on("prune", "Then free the space that nothing needs any more"),
    ...pruneFlags,
    dryRun
  },
  (flags) =>
    lazily(
      () => import("../repository/ForgetCommand.ts"),
      (module) => module.run(flags)
    )
).pipe(
  Command.withDescription(
    "Remove snapshots, by name or all that no rule keeps. The space they take is freed by prune. Rules look at each group by itself, and what any of them keeps stays"
  ),
  Command.withShortDescription("Remove snapshots, by name or all that no rule keeps"),
  Command.withExamples([
    {
      command: "ourclone forget --repo home --keep-daily 7 --keep-weekly 5 --keep-monthly 12 --dry-run",
      description: "See what a policy would remove"
    },
    { command: "ourclone forget --repo home --keep-within 1y --prune", description: "Keep a year and free the rest" },
    { command: "ourclone forget --repo home 5f2a1c", description: "One snapshot" }
  ])
)
