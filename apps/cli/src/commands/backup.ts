import { spending } from "@ourclone/jobs/place/CostFields"
import { comparing, describing, leavingOut, storing } from "@ourclone/jobs/repository/BackupFields"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import { on, place, texts } from "../Flags.ts"
import { lazily } from "../Lazily.ts"
import { excludeFlags, repositoryFlags } from "../RepositoryFlags.ts"
import { flagsOf } from "../RequestFlags.ts"
import { dryRun } from "../TransferFlags.ts"

/** Files that name what to back up are read here; a request has the names. */
const listed = {
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

export const backup = Command.make(
  "backup",
  {
    ...repositoryFlags,
    paths: place("path", "Files and folders").pipe(Argument.atLeast(0)),
    ...excludeFlags,
    ...flagsOf(leavingOut),
    ...listed,
    ...input,
    ...flagsOf(describing, {
      tag: { metavar: "tag,…", description: "Give the snapshot these tags; may be repeated" },
      host: { alias: "H", metavar: "name" }
    }),
    ...flagsOf({ ...comparing, ...storing, ...spending }, { force: { alias: "f" } }),
    noScan: on("no-scan", "Begin at once, without counting first what there is"),
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
    { command: "ourclone backup --profile home", description: "What [profiles.home] of the configuration says" },
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
