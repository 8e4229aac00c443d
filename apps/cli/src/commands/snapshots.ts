import { newestOnly } from "@ourclone/jobs/repository/LookFields"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import { on, place, text } from "../Flags.ts"
import { lazily } from "../Lazily.ts"
import { readingFlags, snapshotFilterFlags } from "../RepositoryFlags.ts"
import { flagsOf } from "../RequestFlags.ts"

export const snapshots = Command.make(
  "snapshots",
  {
    ...readingFlags,
    ids: place("snapshot", "Only these").pipe(Argument.atLeast(0)),
    ...snapshotFilterFlags,
    groupBy: text("group-by", "host,paths,tags", "What snapshots of one group have in common").pipe(
      Flag.withAlias("g")
    ),
    compact: on("compact", "Leave out paths").pipe(Flag.withAlias("c")),
    ...flagsOf(newestOnly)
  },
  (flags) =>
    lazily(
      () => import("../repository/SnapshotsCommand.ts"),
      (module) => module.run(flags)
    )
).pipe(
  Command.withDescription("List the snapshots of a repository, oldest first"),
  Command.withExamples([
    { command: "ourclone snapshots --repo home", description: "All of them" },
    { command: "ourclone snapshots --repo home --host laptop --tag daily --latest 3", description: "Some of them" },
    { command: "ourclone snapshots --repo home --group-by host --json", description: "For a program" }
  ])
)
