import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { on, place } from "../Flags.ts"
import { lazily } from "../Lazily.ts"
import { groupBy, readingFlags, snapshotFilterFlags } from "../RepositoryFlags.ts"

export const snapshots = Command.make(
  "snapshots",
  {
    ...readingFlags,
    ids: place("snapshot", "Only these").pipe(Argument.atLeast(0)),
    ...snapshotFilterFlags,
    groupBy: groupBy(""),
    compact: on("compact", "Leave out paths").pipe(Flag.withAlias("c")),
    latest: Flag.Int("latest").pipe(
      Flag.withMetavar("count"),
      Flag.withDescription("Only the newest so many of each host and its paths"),
      Flag.withSchema(Schema.Int.pipe(Schema.check(Schema.isGreaterThanOrEqualTo(1)))),
      Flag.optional,
      Flag.map(Option.getOrUndefined)
    )
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
