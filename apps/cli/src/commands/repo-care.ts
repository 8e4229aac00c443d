import { cacheBounds, checking, indexing, replacing } from "@ourclone/jobs/repository/CareFields"
import { access } from "@ourclone/jobs/repository/Fields"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Option from "effect/Option"
import { on, place } from "../Flags.ts"
import { lazily } from "../Lazily.ts"
import { pruneFlags, readingFlags, repositoryFlags, snapshotFilterFlags } from "../RepositoryFlags.ts"
import { flagsOf } from "../RequestFlags.ts"
import { dryRun } from "../TransferFlags.ts"

export const check = Command.make(
  "check",
  {
    ...readingFlags,
    ...flagsOf(checking)
  },
  (flags) =>
    lazily(
      () => import("../repository/RepositoryCheckCommand.ts"),
      (module) => module.run(flags)
    )
).pipe(
  Command.withDescription(
    "Look whether everything that snapshots name is there, and with --read-data whether it is what was written. Changes nothing; exits with 1 where something is wrong"
  ),
  Command.withShortDescription("Look whether a repository is whole"),
  Command.withExamples([
    { command: "ourclone repo check --repo home", description: "Structure and packs" },
    { command: "ourclone repo check --read-data-subset 1/30 --repo home", description: "And a thirtieth of the data" }
  ])
)

const allowRemoveAll = on("unsafe-allow-remove-all", "Go on where no snapshot is left and everything would be removed")

export const prune = Command.make("prune", { ...readingFlags, ...pruneFlags, dryRun, allowRemoveAll }, (flags) =>
  lazily(
    () => import("../repository/PruneCommand.ts"),
    (module) => module.run(flags)
  )
).pipe(
  Command.withDescription(
    "Free the space that no snapshot needs. Files that hold both are packed anew; what may be fetched for that can be limited, and the next run goes on"
  ),
  Command.withShortDescription("Free the space that no snapshot needs"),
  Command.withExamples([
    { command: "ourclone repo prune --dry-run --repo home", description: "See what would be done" },
    {
      command: "ourclone repo prune --max-download 900M --min-free-percent 60 --repo home",
      description: "At little cost, as often as you like"
    }
  ])
)

const index = Command.make("index", { ...repositoryFlags, ...flagsOf(indexing), dryRun }, (flags) =>
  lazily(
    () => import("../repository/RepairCommand.ts"),
    (module) => module.index(flags)
  )
).pipe(
  Command.withDescription("Write the index anew from what is there"),
  Command.withExamples([{ command: "ourclone repo repair index --repo home", description: "After files were lost" }])
)

const packs = Command.make(
  "packs",
  { ...repositoryFlags, ids: place("pack", "Ids, as check names them").pipe(Argument.atLeast(1)) },
  (flags) =>
    lazily(
      () => import("../repository/RepairCommand.ts"),
      (module) => module.packs(flags)
    )
).pipe(
  Command.withDescription("Save what can be read of damaged packs into new ones, and remove them"),
  Command.withExamples([{ command: "ourclone repo repair packs 5a0c… --repo home", description: "One pack" }])
)

const snapshots = Command.make(
  "snapshots",
  {
    ...repositoryFlags,
    ...snapshotFilterFlags,
    ...flagsOf(replacing),
    dryRun,
    ids: place("snapshot", "Only these; else all that the filters leave").pipe(Argument.atLeast(0))
  },
  (flags) =>
    lazily(
      () => import("../repository/RepairCommand.ts"),
      (module) => module.snapshots(flags)
    )
).pipe(
  Command.withDescription("Write snapshots anew without what is lost, so that the rest can be restored"),
  Command.withExamples([
    { command: "ourclone repo repair snapshots --dry-run --repo home", description: "See what is lost" },
    { command: "ourclone repo repair snapshots --forget --repo home", description: "And drop the damaged ones" }
  ])
)

export const recover = Command.make("recover", repositoryFlags, (flags) =>
  lazily(
    () => import("../repository/RecoverCommand.ts"),
    (module) => module.run(flags)
  )
).pipe(
  Command.withDescription(
    "Bring folders back that no snapshot names any more, into one new snapshot, as long as no prune has removed them"
  ),
  Command.withShortDescription("Bring back what no snapshot names any more"),
  Command.withExamples([
    { command: "ourclone repo recover --repo home", description: "After snapshots were forgotten by mistake" },
    { command: "ourclone snapshot ls latest --tag recovered --repo home", description: "What came back" }
  ])
)

export const migrate = Command.make(
  "migrate",
  {
    ...repositoryFlags,
    dryRun,
    migration: Argument.Literals("migration", ["upgrade_repo_v2"]).pipe(
      Argument.withDescription("What to do; without it, what could be done is said"),
      Argument.optional,
      Argument.map(Option.getOrUndefined)
    )
  },
  (flags) =>
    lazily(
      () => import("../repository/MigrateCommand.ts"),
      (module) => module.run(flags)
    )
).pipe(
  Command.withDescription(
    "Bring a repository to a newer version of the format. upgrade_repo_v2 lets one of version 1 compress, once it was found to be whole; programs as old as restic 0.13 can not read it any more"
  ),
  Command.withShortDescription("Bring a repository to a newer version of the format"),
  Command.withExamples([
    { command: "ourclone repo migrate --repo home", description: "See what could be done" },
    { command: "ourclone repo migrate upgrade_repo_v2 --repo home", description: "Do it" },
    { command: "ourclone repo prune --repack-uncompressed --repo home", description: "Then compress what is there" }
  ])
)

export const cache = Command.make(
  "cache",
  {
    ...flagsOf(
      { cacheDirectory: access.cacheDirectory },
      { cacheDirectory: { description: "Where the copies are; else that folder of this user" } }
    ),
    noSize: on("no-size", "Do not look how large they are, which takes a while"),
    cleanup: on("cleanup", "Remove what nobody used for 30 days, and what --max-size leaves no room for"),
    ...flagsOf(cacheBounds),
    dryRun
  },
  (flags) =>
    lazily(
      () => import("../repository/CacheCommand.ts"),
      (module) => module.run(flags)
    )
).pipe(
  Command.withDescription(
    "List the copies of repositories that are kept on this machine, or remove some. What is missing is fetched again when it is needed"
  ),
  Command.withShortDescription("List or remove copies kept on this machine"),
  Command.withExamples([
    { command: "ourclone repo cache", description: "How large they are, and when they were last used" },
    { command: "ourclone repo cache --cleanup --max-age 7d --max-size 5G", description: "Keep less of them" }
  ])
)

export const repair = Command.make("repair").pipe(
  Command.withDescription("Mend a damaged repository: first index, then packs that check names, then snapshots"),
  Command.withShortDescription("Mend a damaged repository"),
  Command.withSubcommands([index, packs, snapshots]),
  Command.withExamples([{ command: "ourclone repo repair index --repo home", description: "The first step" }])
)
