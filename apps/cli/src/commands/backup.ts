import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { on, place, text, texts } from "../Flags.ts"
import { lazily } from "../Lazily.ts"
import { excludeFlags, groupBy, repositoryFlags } from "../RepositoryFlags.ts"
import { dryRun } from "../TransferFlags.ts"

const whole = (name: string, metavar: string, minimum: number, maximum: number, description: string) =>
  Flag.Int(name).pipe(
    Flag.withMetavar(metavar),
    Flag.withDescription(description),
    Flag.withSchema(Schema.Int.pipe(Schema.check(Schema.isBetween({ minimum, maximum })))),
    Flag.optional,
    Flag.map(Option.getOrUndefined)
  )

const choosing = {
  ...excludeFlags,
  excludeCaches: on("exclude-caches", "Leave out what is in folders that hold a CACHEDIR.TAG"),
  excludeIfPresent: texts("exclude-if-present", "name[:header]", "Leave out what is in folders that hold such a file"),
  excludeLargerThan: text("exclude-larger-than", "size", "Leave out files larger than this, such as 500M"),
  oneFileSystem: on("one-file-system", "Stay on the file systems of the paths").pipe(Flag.withAlias("x")),
  filesFrom: texts("files-from", "file", "Back up also what the patterns in it match, one a line"),
  filesFromVerbatim: texts("files-from-verbatim", "file", "Back up also the paths in it, one a line"),
  filesFromRaw: texts("files-from-raw", "file", "Back up also the paths in it, each ended by a NUL")
}

const input = {
  stdin: on("stdin", "Back up what comes from standard input"),
  stdinFilename: Flag.String("stdin-filename").pipe(
    Flag.withMetavar("name"),
    Flag.withDescription("What that is called in the snapshot; else stdin"),
    Flag.withDefault("stdin")
  ),
  stdinFromCommand: on("stdin-from-command", "Run what is named instead of paths, and back up what it prints")
}

const describing = {
  tag: texts("tag", "tag,…", "Give the snapshot these tags; may be repeated"),
  host: text("host", "name", "The host it is said to be of; else this one").pipe(Flag.withAlias("H")),
  time: text("time", "time", 'The time it is said to be of, such as "2026-11-21 20:45:00"')
}

const comparing = {
  parent: text("parent", "snapshot", "What to compare with; else the newest snapshot of its group"),
  force: on("force", "Read every file, changed or not").pipe(Flag.withAlias("f")),
  groupBy: groupBy("host,paths"),
  ignoreInode: on("ignore-inode", "A file whose inode or change time alone differs has not changed"),
  ignoreCtime: on("ignore-ctime", "A file whose change time alone differs has not changed"),
  withAtime: on("with-atime", "Keep the times of the last access"),
  skipIfUnchanged: on("skip-if-unchanged", "Make no snapshot when nothing has changed")
}

const storing = {
  compression: Flag.Literals("compression", ["auto", "off", "fastest", "better", "max"]).pipe(
    Flag.withDescription("How hard to compress; else RESTIC_COMPRESSION, or auto"),
    Flag.optional,
    Flag.map(Option.getOrUndefined)
  ),
  packSize: whole("pack-size", "MiB", 4, 128, "How large the files of the repository become; else 16"),
  readConcurrency: whole(
    "read-concurrency",
    "files",
    1,
    128,
    "How many files are read at once; else as many as there are processors, up to 4"
  )
}

export const backup = Command.make(
  "backup",
  {
    ...repositoryFlags,
    paths: place("path", "Files and folders").pipe(Argument.atLeast(0)),
    ...choosing,
    ...input,
    ...describing,
    ...comparing,
    ...storing,
    dryRun
  },
  (flags) =>
    lazily(
      () => import("../repository/BackupCommand.ts"),
      (module) => module.run(flags)
    )
).pipe(
  Command.withDescription(
    "Make an encrypted snapshot of files and folders. What the repository holds already is not stored again, and what has not changed since the last snapshot is not read. Exits with 3 where the snapshot was made but something could not be read"
  ),
  Command.withShortDescription("Make an encrypted snapshot of files and folders"),
  Command.withExamples([
    {
      command: "ourclone backup ~/Documents ~/Pictures --repo home",
      description: "To a repository of the configuration"
    },
    {
      command: 'ourclone backup ~ --repo b2:my-bucket/backup --exclude "*.tmp" --exclude-caches --tag daily',
      description: "To a bucket, with less in it and a tag"
    },
    {
      command: "ourclone backup --repo home --stdin-filename db.sql --stdin-from-command -- pg_dump mydb",
      description: "What a command prints"
    }
  ])
)
