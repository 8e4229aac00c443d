/** Tags and groups of snapshots, as flags write them. */
import * as SnapshotGroups from "@ourclone/backup/repository/SnapshotGroups"
import * as Effect from "effect/Effect"
import { type CommandStopped, usage } from "../ExitCode.ts"

/** `a,b` as the tags in it. */
export const tagsOf = (text: string): ReadonlyArray<string> => text.split(",").map((tag) => tag.trim())

/** What `--group-by` says. */
export const groupingOf = (text: string): Effect.Effect<SnapshotGroups.Grouping, CommandStopped> => {
  const grouping = SnapshotGroups.parse(text)
  return grouping === undefined
    ? usage(`--group-by: "${text}" must name some of host, paths and tags, with commas between`)
    : Effect.succeed(grouping)
}
