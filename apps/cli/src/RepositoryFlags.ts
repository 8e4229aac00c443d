/** The flags that say which repository is meant, how to open it and which of its snapshots. */
import { bwlimit, tpslimit } from "@ourclone/jobs/kind/RequestFields"
import type * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import { on, text, texts } from "./Flags.ts"
import { flagsOf } from "./RequestFlags.ts"

export const repositoryFlags = {
  repo: text(
    "repo",
    "repository",
    "A path, remote:path, b2://bucket/path or a name from the configuration; else OURCLONE_REPOSITORY"
  ).pipe(Flag.withAlias("r")),
  passwordFile: text("password-file", "file", "A file that holds the password").pipe(Flag.withAlias("p")),
  passwordCommand: text("password-command", "line", "A command that prints the password"),
  keyHint: text("key-hint", "id", "The key to try first"),
  ...flagsOf({ bwlimit, tpslimit }),
  noCache: on("no-cache", "Keep nothing of the repository on this machine"),
  cacheDirectory: text("cache-dir", "folder", "Where to keep copies of its index and folders"),
  retryLock: text("retry-lock", "duration", "Wait so long for a locked repository, such as 5m or 1h")
}

export type RepositoryInput = Command.Command.Config.Infer<typeof repositoryFlags>

/** For commands that only read. */
export const readingFlags = {
  ...repositoryFlags,
  noLock: on("no-lock", "Take no lock; for a repository that may only be read")
}

export type ReadingInput = Command.Command.Config.Infer<typeof readingFlags>

/** Which snapshots take part. */
export const snapshotFilterFlags = {
  host: texts("host", "name", "Only snapshots of this host; may be repeated"),
  tag: texts("tag", "tag,…", "Only snapshots with all of these tags; repeated, any of the lists"),
  path: texts("path", "path", "Only snapshots that hold this path; repeated, all of them")
}

export type SnapshotFilterInput = Command.Command.Config.Infer<typeof snapshotFilterFlags>

/** How paths are chosen, in restic's patterns. */
export const excludeFlags = {
  exclude: texts("exclude", "pattern", "Leave out what matches; may be repeated").pipe(Flag.withAlias("e")),
  iexclude: texts("iexclude", "pattern", "The same, whatever the case of letters"),
  excludeFile: texts("exclude-file", "file", "Patterns to leave out, one a line"),
  iexcludeFile: texts("iexclude-file", "file", "The same, whatever the case of letters")
}

export const includeFlags = {
  include: texts("include", "pattern", "Only what matches; may be repeated").pipe(Flag.withAlias("i")),
  iinclude: texts("iinclude", "pattern", "The same, whatever the case of letters"),
  includeFile: texts("include-file", "file", "Patterns to take, one a line"),
  iincludeFile: texts("iinclude-file", "file", "The same, whatever the case of letters")
}

export const groupBy = (byDefault: string) =>
  Flag.String("group-by").pipe(
    Flag.withMetavar("host,paths,tags"),
    Flag.withDescription(`What snapshots of one group have in common${byDefault === "" ? "" : `; else ${byDefault}`}`),
    Flag.withDefault(byDefault),
    Flag.withAlias("g")
  )

/** How much of a repository is packed anew, for `prune` and `forget --prune`. */
export const pruneFlags = {
  maxUnused: Flag.String("max-unused").pipe(
    Flag.withMetavar("limit"),
    Flag.withDescription('What may stay though nobody needs it: a size, a share such as 5%, or "unlimited"; else 5%'),
    Flag.withDefault("5%")
  ),
  maxRepackSize: text("max-repack-size", "size", "Pack anew at most so much in this run"),
  repackCacheableOnly: on("repack-cacheable-only", "Pack only folders anew, no content of files"),
  repackSmall: on("repack-small", "Pack every file that is smaller than usual anew"),
  repackSmallerThan: text("repack-smaller-than", "size", "What counts as small"),
  repackUncompressed: on("repack-uncompressed", "Compress what is stored without compression"),
  maxDownload: text("max-download", "size", "Fetch at most so much in this run; the next one goes on"),
  minFreePercent: Flag.Finite("min-free-percent").pipe(
    Flag.withMetavar("percent"),
    Flag.withDescription("Pack anew only files of which so much is free"),
    Flag.optional
  ),
  minPackAge: text("min-pack-age", "duration", "Leave alone files younger than this, such as 7d")
}

export type PruneFlagsInput = Command.Command.Config.Infer<typeof pruneFlags>
