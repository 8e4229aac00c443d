/** The flags that say which repository is meant, how to open it and which of its snapshots. */
import { pruning } from "@ourclone/jobs/repository/CareFields"
import { access, excludes, includes, locking, snapshotFilter } from "@ourclone/jobs/repository/Fields"
import type * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { on, text, texts } from "./Flags.ts"
import { flagsOf, refusalOf } from "./RequestFlags.ts"

/** What it means is put into the command line before anything of it is read. */
export const profileFlag = text("profile", "name", "Add the words of [profiles.NAME] of the configuration")

const rateLimit = (name: string, description: string): Flag.Flag<number | undefined> =>
  Flag.Int(name).pipe(
    Flag.withMetavar("KiB"),
    Flag.withDescription(description),
    Flag.withSchema(Schema.Int.pipe(Schema.check(Schema.isGreaterThan(0)))),
    Flag.optional,
    Flag.map(Option.getOrUndefined)
  )

export const repositoryFlags = {
  repo: text(
    "repo",
    "repository",
    "A path, remote:path, b2://bucket/path or a name from the configuration; else OURCLONE_REPOSITORY"
  ).pipe(Flag.withAlias("r")),
  profile: profileFlag,
  passwordFile: text("password-file", "file", "A file that holds the password").pipe(Flag.withAlias("p")),
  passwordCommand: text("password-command", "line", "A command that prints the password"),
  insecureNoPassword: on("insecure-no-password", "The password is empty, and protects nothing"),
  ...flagsOf({ keyHint: access.keyHint, bwlimit: access.bwlimit, tpslimit: access.tpslimit }),
  limitUpload: rateLimit("limit-upload", "Send at most so many KiB a second"),
  limitDownload: rateLimit("limit-download", "Fetch at most so many KiB a second"),
  cache: refusalOf("cache"),
  extraVerify: refusalOf("extraVerify"),
  ...flagsOf(
    { cacheDirectory: access.cacheDirectory, waitMillis: locking.waitMillis },
    { cacheDirectory: { description: "Where to keep copies of its index and folders" } }
  )
}

export type RepositoryInput = Command.Command.Config.Infer<typeof repositoryFlags>

/** For commands that only read. */
export const readingFlags = {
  ...repositoryFlags,
  lock: refusalOf("lock")
}

export type ReadingInput = Command.Command.Config.Infer<typeof readingFlags>

/** Which snapshots take part. */
export const snapshotFilterFlags = {
  ...flagsOf(
    { host: snapshotFilter.host },
    { host: { metavar: "name", description: "Only snapshots of this host; may be repeated" } }
  ),
  tag: texts("tag", "tag,…", "Only snapshots with all of these tags; repeated, any of the lists"),
  ...flagsOf(
    { path: snapshotFilter.path },
    { path: { metavar: "path", description: "Only snapshots that hold this path; repeated, all of them" } }
  )
}

export type SnapshotFilterInput = Command.Command.Config.Infer<typeof snapshotFilterFlags>

/** How paths are chosen, in restic's patterns. */
export const excludeFlags = {
  ...flagsOf(excludes, {
    exclude: { alias: "e", description: "Leave out what matches; may be repeated" },
    iexclude: { metavar: "pattern" }
  }),
  excludeFile: texts("exclude-file", "file", "Patterns to leave out, one a line"),
  iexcludeFile: texts("iexclude-file", "file", "The same, whatever the case of letters")
}

export const includeFlags = {
  ...flagsOf(includes, {
    include: { alias: "i", description: "Only what matches; may be repeated" },
    iinclude: { metavar: "pattern" }
  }),
  includeFile: texts("include-file", "file", "Patterns to take, one a line"),
  iincludeFile: texts("iinclude-file", "file", "The same, whatever the case of letters")
}

/** How much of a repository is packed anew, for `prune` and `forget --prune`. */
export const pruneFlags = {
  maxUnused: Flag.String("max-unused").pipe(
    Flag.withMetavar("limit"),
    Flag.withDescription('What may stay though nobody needs it: a size, a share such as 5%, or "unlimited"; else 5%'),
    Flag.withDefault("5%")
  ),
  ...flagsOf({
    maxRepackBytes: pruning.maxRepackBytes,
    repackCacheableOnly: pruning.repackCacheableOnly,
    repackSmall: pruning.repackSmall,
    repackSmallerThanBytes: pruning.repackSmallerThanBytes,
    repackUncompressed: pruning.repackUncompressed,
    maxDownloadBytes: pruning.maxDownloadBytes,
    minFreePercent: pruning.minFreePercent,
    minPackAgeMillis: pruning.minPackAgeMillis
  })
}

export type PruneFlagsInput = Command.Command.Config.Infer<typeof pruneFlags>
