import { replacing, rewriting, tagging } from "@ourclone/jobs/repository/CareFields"
import { differing, finding, outlining, packing, sorting, walking } from "@ourclone/jobs/repository/LookFields"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import { on, place, text, texts } from "../Flags.ts"
import { lazily } from "../Lazily.ts"
import { excludeFlags, includeFlags, readingFlags, repositoryFlags, snapshotFilterFlags } from "../RepositoryFlags.ts"
import { flagsOf } from "../RequestFlags.ts"
import { dryRun } from "../TransferFlags.ts"

const one = place("snapshot", "An id or its beginning, latest, latest~1, or one of these with :folder")
const some = place("snapshot", "Only these; else all that the filters leave").pipe(Argument.atLeast(0))

const humanReadable = on("human-readable", "With --long, sizes with a unit")

const ls = Command.make(
  "ls",
  {
    ...readingFlags,
    ...snapshotFilterFlags,
    long: on("long", "With mode, owner, size and time").pipe(Flag.withAlias("l")),
    ...flagsOf(walking, {
      recursive: { alias: undefined, description: "Where folders are named: what is below their folders, too" }
    }),
    humanReadable,
    ...flagsOf(sorting),
    ...flagsOf(outlining),
    snapshot: one,
    folders: place("folder", "Only what is in these").pipe(Argument.atLeast(0))
  },
  (flags) =>
    lazily(
      () => import("../repository/SnapshotLsCommand.ts"),
      (module) => module.run(flags)
    )
).pipe(
  Command.withDescription("List what is in a snapshot"),
  Command.withExamples([
    { command: "ourclone snapshot ls latest --repo home", description: "Every path" },
    { command: "ourclone snapshot ls --long latest /home/me/Documents --repo home", description: "One folder" },
    { command: "ourclone snapshot ls --ncdu latest --repo home | ncdu -f -", description: "What takes the space in it" }
  ])
)

const find = Command.make(
  "find",
  {
    ...readingFlags,
    ...snapshotFilterFlags,
    snapshot: texts("snapshot", "id", "Only in this snapshot; may be repeated").pipe(Flag.withAlias("s")),
    ...flagsOf({ ignoreCase: finding.ignoreCase }),
    long: on("long", "With mode, owner, size and time").pipe(Flag.withAlias("l")),
    humanReadable,
    ...flagsOf({ oldestMillis: finding.oldestMillis, newestMillis: finding.newestMillis }),
    blob: on("blob", "Look for the files that hold these blobs"),
    tree: on("tree", "Look for the folders that are these trees"),
    pack: on("pack", "Look for what is stored in these packs"),
    ...flagsOf({ showPackId: finding.showPackId }),
    patterns: place("pattern", 'A name such as "*.jpg", or a path').pipe(Argument.atLeast(1))
  },
  (flags) =>
    lazily(
      () => import("../repository/FindCommand.ts"),
      (module) => module.run(flags)
    )
).pipe(
  Command.withDescription("Look for names in all snapshots"),
  Command.withExamples([
    { command: 'ourclone snapshot find "report*.pdf" --repo home', description: "Everywhere" },
    {
      command: 'ourclone snapshot find "*.kdbx" --repo home --host laptop --newest 2026-01-31',
      description: "On one host, before a day"
    }
  ])
)

const diff = Command.make(
  "diff",
  {
    ...readingFlags,
    ...flagsOf(differing),
    from: place("from", "A snapshot, or id:folder"),
    to: place("to", "The one to compare it with")
  },
  (flags) =>
    lazily(
      () => import("../repository/DiffCommand.ts"),
      (module) => module.run(flags)
    )
).pipe(
  Command.withDescription(
    "Print what is different between two snapshots: + added, - removed, M content changed, T type changed, U metadata changed, ? content differs though the file says it did not change"
  ),
  Command.withShortDescription("Print what is different between two snapshots"),
  Command.withExamples([
    { command: "ourclone snapshot diff latest~1 latest --repo home", description: "The last backup" },
    { command: "ourclone snapshot diff 5f2a1c:/etc 77d0e1:/etc --repo home", description: "One folder" }
  ])
)

const dump = Command.make(
  "dump",
  {
    ...readingFlags,
    ...snapshotFilterFlags,
    ...flagsOf(packing),
    target: text("target", "file", "Write there instead of to standard output").pipe(Flag.withAlias("t")),
    snapshot: one,
    file: place("path", "A file or a folder in it")
  },
  (flags) =>
    lazily(
      () => import("../repository/DumpCommand.ts"),
      (module) => module.run(flags)
    )
).pipe(
  Command.withDescription("Write a file of a snapshot, or a folder as an archive, to standard output"),
  Command.withExamples([
    { command: "ourclone snapshot dump latest /home/me/notes.txt --repo home", description: "A file" },
    { command: "ourclone snapshot dump latest /etc --repo home | tar -t", description: "A folder" },
    { command: "ourclone snapshot dump latest / --archive zip --target all.zip --repo home", description: "All of it" }
  ])
)

const tag = Command.make(
  "tag",
  {
    ...repositoryFlags,
    ...snapshotFilterFlags,
    ...flagsOf(tagging),
    ids: some
  },
  (flags) =>
    lazily(
      () => import("../repository/TagCommand.ts"),
      (module) => module.run(flags)
    )
).pipe(
  Command.withDescription("Change the tags of snapshots, which get new ids"),
  Command.withExamples([
    { command: "ourclone snapshot tag --add keep latest --repo home", description: "One snapshot" },
    { command: "ourclone snapshot tag --remove daily --host laptop --repo home", description: "All of a host" }
  ])
)

const rewrite = Command.make(
  "rewrite",
  {
    ...repositoryFlags,
    ...snapshotFilterFlags,
    ...excludeFlags,
    ...includeFlags,
    ...flagsOf({ ...rewriting, ...replacing }),
    dryRun,
    ids: some
  },
  (flags) =>
    lazily(
      () => import("../repository/RewriteCommand.ts"),
      (module) => module.run(flags)
    )
).pipe(
  Command.withAlias("rm"),
  Command.withDescription(
    "Write snapshots anew: without some paths, with some alone, or of another host or time. --forget removes the old ones, and prune frees the space"
  ),
  Command.withShortDescription("Take paths out of snapshots, or correct host and time"),
  Command.withExamples([
    {
      command: "ourclone snapshot rewrite --exclude /home/me/secret.txt --forget --repo home",
      description: "Everywhere"
    },
    {
      command: 'ourclone snapshot rewrite --exclude "*.iso" --dry-run latest --repo home',
      description: "See what would go"
    },
    {
      command: "ourclone snapshot rewrite --new-host laptop --host old-name --forget --repo home",
      description: "After a machine was renamed"
    }
  ])
)

const mount = Command.make(
  "mount",
  {
    ...readingFlags,
    ...snapshotFilterFlags,
    snapshot: text("snapshot", "id", "Only that one: an id, latest, latest~1, or one of these with :folder").pipe(
      Flag.withAlias("s")
    ),
    allowOther: on("allow-other", "Let other users of the machine look in, root among them"),
    allowNonEmpty: on(
      "allow-non-empty",
      "Hide what is in the folder meanwhile, instead of refusing one that is not empty"
    ),
    daemon: on("daemon", "Go on in the background once it is mounted"),
    point: place("point", "The folder to mount on")
  },
  (flags) =>
    lazily(
      () => import("../repository/SnapshotMountCommand.ts"),
      (module) => module.run(flags)
    )
).pipe(
  Command.withDescription("Show snapshots as a folder: each by its time, or one alone. Only what is read is fetched"),
  Command.withShortDescription("Show snapshots as a folder"),
  Command.withExamples([
    { command: "ourclone snapshot mount --repo home ~/snapshots", description: "All of them, until you press ^C" },
    { command: "ourclone snapshot mount --repo home --snapshot latest ~/snapshot", description: "The newest one" }
  ])
)

export const snapshot = Command.make("snapshot").pipe(
  Command.withDescription("What is in snapshots: list, look for, compare, take out, mount"),
  Command.withSubcommands([ls, find, diff, dump, mount, tag, rewrite]),
  Command.withExamples([{ command: "ourclone snapshot ls latest --repo home", description: "The newest one" }])
)
