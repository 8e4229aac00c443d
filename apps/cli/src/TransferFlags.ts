/** The flags of copy, move and sync, spelled as rclone spells them. */
import * as Age from "@ourclone/core/filter/Age"
import * as Flag from "effect/cli/Flag"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { filterFlags } from "./FilterFlags.ts"
import { on, oneVersion, text } from "./Flags.ts"

/** In whole milliseconds. */
const lengthOf = (typed: string): number | undefined =>
  Option.getOrUndefined(
    Option.map(Option.flatMap(Result.getSuccess(Age.parse(typed, 0)), Option.fromUndefinedOr), Math.ceil)
  )

/** How two files are compared; also for `check`. */
export const comparing = {
  checksum: on("checksum", "Compare by size and checksum rather than by size and time").pipe(Flag.withAlias("c")),
  sizeOnly: on("size-only", "Compare by size alone"),
  modifyWindowMillis: Flag.String("modify-window").pipe(
    Flag.withMetavar("duration"),
    Flag.withDescription("Times up to this far apart count as the same, such as 2s; for disks that keep them coarsely"),
    Flag.filterMap(
      (typed) => Option.filter(Option.fromUndefinedOr(lengthOf(typed)), (length) => length >= 0),
      () => "a length of time, such as 2s or 1h"
    ),
    Flag.optional,
    Flag.map(Option.getOrUndefined)
  )
}

export const sourceLinks = {
  links: on("links", "Store symbolic links as files that end in .rclonelink, and make links of those again").pipe(
    Flag.withAlias("l")
  ),
  copyLinks: on("copy-links", "Follow symbolic links").pipe(Flag.withAlias("L"))
}

export const dryRun = on("dry-run", "Print what would be done, and do nothing").pipe(Flag.withAlias("n"))

const atOnce = Schema.Int.pipe(Schema.check(Schema.isBetween({ minimum: 1, maximum: 1000 })))

export const doing = {
  dryRun,
  transfers: Flag.Int("transfers").pipe(
    Flag.withDescription("How many files are on their way at once"),
    Flag.withSchema(atOnce),
    Flag.withDefault(16)
  ),
  bwlimit: text("bwlimit", "rate", "Bytes a second at most, such as 10M, or up and down apart as 10M:100k"),
  createsBucket: on(
    "no-create-bucket",
    "Fail where the bucket of the destination is not there, rather than make it"
  ).pipe(Flag.map((isRefused) => (isRefused ? false : undefined))),
  progress: on("progress", "Show progress even where standard error is no terminal").pipe(Flag.withAlias("P")),
  errorOnNoTransfer: on("error-on-no-transfer", "Exit with 9 when there was nothing to do")
}

export const choosing = {
  ...comparing,
  update: on("update", "Leave alone what is newer at the destination").pipe(Flag.withAlias("u")),
  ignoreExisting: on("ignore-existing", "Leave alone whatever exists at the destination"),
  ignoreTimes: on("ignore-times", "Transfer everything, the same or not").pipe(Flag.withAlias("I"))
}

/** What copy, move and sync have in common. */
export const transferring = { ...doing, ...choosing, ...sourceLinks, filters: filterFlags }

/** Which state of the source. */
export const earlierSource = {
  at: text(
    "at",
    "time",
    "The source as it was then, as far as old versions are kept: a time, a date, or how long ago, such as 2h"
  ),
  versionId: oneVersion
}

export const removing = {
  maxDelete: Flag.Int("max-delete").pipe(
    Flag.withDescription("Remove nothing if more files than this would go; half of them where there are over 100"),
    Flag.withSchema(Schema.Int.pipe(Schema.check(Schema.isGreaterThanOrEqualTo(0)))),
    Flag.optional,
    Flag.map(Option.getOrUndefined)
  ),
  allowEmptySource: on("allow-empty-source", "Let an empty or missing source empty the destination")
}
