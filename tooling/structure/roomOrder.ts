/**
 * The rooms of each package, from the top. A room imports what stands in later rows, and nothing of its own row; `.` are
 * the files that stand in `src` itself. `testing` may import every room and is imported by none.
 */
export const roomOrder: Readonly<Record<string, ReadonlyArray<ReadonlyArray<string>>>> = {
  "apps/tui": [
    ["."],
    ["frame", "linear"],
    ["program"],
    ["screens"],
    ["link", "terminal"],
    ["command"],
    ["words"],
    ["lines"],
    ["lists"]
  ],
  "packages/core": [
    ["configuration", "engine"],
    ["accounts"],
    ["layers"],
    ["events", "filter"],
    ["contract", "machine"]
  ],
  "packages/backup": [
    ["archive", "restore", "care", "look"],
    ["repository"],
    ["choose", "threads", "format"],
    ["system", "go"]
  ],
  "packages/jobs": [
    ["."],
    ["twoway", "mount", "serve"],
    ["run", "transfer", "storage", "repository"],
    ["place"],
    ["kind"]
  ],
  "packages/mount": [
    ["."],
    ["fuse", "webdav", "control"],
    ["http"],
    ["model"],
    ["queue"],
    ["tree", "cache"],
    ["journal"],
    ["contract"]
  ],
  "packages/provider-b2": [["."], ["api"]],
  "packages/provider-crypt": [["."], ["names", "content"], ["settings"]],
  "packages/provider-local": [["."], ["reading", "writing"], ["hashing", "unfinished"], ["place"], ["disk"]],
  "packages/provider-s3": [["."], ["api"]],
  "packages/provider-sftp": [["."], ["reading", "writing"], ["unfinished"], ["place"], ["connection"]],
  "packages/provider-webdav": [["."], ["dav"]],
  "packages/tasks": [["host"], ["notify"], ["schedule"], ["runner"], ["undo"], ["store"], ["task"]]
}
