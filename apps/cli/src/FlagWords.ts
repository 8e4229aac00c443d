/** The command line's own words for fields of requests, where a flag is not just what the field says of itself. */
import * as Age from "@ourclone/core/filter/Age"
import * as Size from "@ourclone/core/filter/Size"
import * as Result from "effect/Result"
import { repositoryWords } from "./RepositoryWords.ts"

export interface FlagWords {
  /** The name, where it is not the field's. */
  readonly flag?: string
  /** One letter. */
  readonly alias?: string | undefined
  /** What stands for the value in help. */
  readonly metavar?: string
  readonly description?: string
  /** A number as people write it. Fails with what is expected, or with a sentence that begins with what was typed. */
  readonly read?: (typed: string) => Result.Result<number, string>
}

/** In whole milliseconds. */
const length = (typed: string): Result.Result<number, string> => {
  const age = Result.getOrElse(Age.parse(typed, 0), () => undefined)
  return age === undefined || age < 0
    ? Result.fail("a length of time, such as 2s or 1h")
    : Result.succeed(Math.ceil(age))
}

/** In bytes. */
const bytes = (typed: string): Result.Result<number, string> =>
  Result.flatMap(Size.parse(typed), (size) =>
    size === undefined ? Result.fail("a size, such as 500M or 20G") : Result.succeed(size)
  )

/** A number alone is of bytes. */
const exactBytes = (typed: string): Result.Result<number, string> => bytes(/^\d+$/.test(typed) ? `${typed}B` : typed)

/** In whole milliseconds until now; 0 for `off`, and for what is still to come. */
const age = (typed: string): Result.Result<number, string> =>
  Result.map(Age.parse(typed, Date.now()), (millis = 0) => Math.max(0, Math.floor(millis)))

/** A time in the past, in milliseconds since 1970 UTC. A length of time is that long ago. */
export const momentOf = (typed: string): Result.Result<number, string> => {
  const now = Date.now()
  const before = Result.getOrElse(Age.parse(typed, now), () => undefined)
  if (before !== undefined) return Result.succeed(Math.round(now - before))
  const example = "write a time such as 2024-02-29T12:30:00Z, a date, or how long ago, such as 2h"
  return Result.fail(`"${typed}" is no time; ${example}`)
}

const pattern = { metavar: "pattern" }
const file = { metavar: "file" }
const size = { metavar: "size" }
const howOld = { metavar: "age" }
const days = { metavar: "days" }

export const flagWords: { readonly [field: string]: FlagWords } = {
  ...repositoryWords,
  repository: { flag: "repo" },
  fromRepository: { flag: "from-repo" },
  checksum: { alias: "c" },
  update: { alias: "u" },
  ignoreTimes: { alias: "I" },
  links: { alias: "l" },
  copyLinks: { alias: "L" },
  metadata: { alias: "M" },
  recursive: { alias: "r" },
  bwlimit: { metavar: "rate" },
  tpslimit: { metavar: "number" },
  modifyWindowMillis: {
    flag: "modify-window",
    metavar: "duration",
    description: "Times up to this far apart count as the same, such as 2s; for disks that keep them coarsely",
    read: length
  },
  olderThanMillis: {
    flag: "older-than",
    metavar: "age",
    description: "Leave alone what began later than this long ago, such as 24h",
    read: age
  },
  cacheSize: {
    metavar: "size",
    description: "How much of files is kept on this machine at most, such as 20G; 10G when absent",
    read: bytes
  },
  cacheDirectory: {
    flag: "cache-dir",
    metavar: "folder",
    description: "The folder of what is kept on this machine; else one of yours for each place"
  },
  listingMillis: {
    flag: "dir-cache-time",
    metavar: "duration",
    description: "How long a listing is believed before the storage is asked again, such as 5s; 1m when absent",
    read: length
  },
  uploadDelayMillis: {
    flag: "write-back",
    metavar: "duration",
    description: "How long after its last write a file is sent, such as 0s; 5s when absent",
    read: length
  },
  timeoutMillis: {
    flag: "timeout",
    metavar: "duration",
    description: "How long to wait for what is to be sent, such as 30s; what is left is kept and sent later",
    read: length
  },
  door: { flag: "fuse" },
  hostNames: { flag: "host-name", metavar: "name" },
  certificate: { flag: "tls-certificate", metavar: "file" },
  certificateKey: { flag: "tls-key", metavar: "file" },
  headerUpload: { metavar: "header" },
  backupDir: { metavar: "folder" },
  compareDest: { metavar: "folder" },
  copyDest: { metavar: "folder" },
  suffix: { metavar: "text" },
  maxTransfer: { metavar: "size" },
  maxDurationMillis: {
    flag: "max-duration",
    metavar: "duration",
    description: "Begin no file once the run has taken so long, such as 2h; 0 is no limit",
    read: length
  },
  orderBy: { metavar: "order" },
  trackRenamesStrategy: { metavar: "strategy" },
  modifiedAt: { flag: "timestamp" },
  noCreate: { alias: "C" },
  expireMillis: {
    flag: "expire",
    metavar: "duration",
    description: "How long it is good for, such as 1h; a day without it, and 7 days at most",
    read: length
  },
  size: {
    metavar: "size",
    description: "The bytes that the input has: with fewer or more nothing is stored",
    read: exactBytes
  },
  validMillis: {
    flag: "valid",
    metavar: "duration",
    description: "How long the key is good for, such as 30d; for ever without it",
    read: length
  },
  isPrivate: { flag: "private" },
  isPublic: { flag: "public" },
  retention: { metavar: "mode:time" },
  info: { metavar: "name=value" },
  corsRules: { metavar: "json" },
  at: {
    metavar: "time",
    description:
      "The storage as it was then, as far as old versions are kept: a time, a date, or how long ago, such as 2h",
    read: momentOf
  },
  versionId: { metavar: "id", description: "That version of the file, by the id that ourclone versions shows" },
  createsBucket: {
    flag: "no-create-bucket",
    description: "Fail where the bucket of the destination is not there, rather than make it"
  },
  confirm: { metavar: "name", description: "The name of the bucket once more, which --purge asks for otherwise" },
  maxDepth: { metavar: "levels" },
  include: pattern,
  exclude: pattern,
  filter: { metavar: "rule" },
  includeFrom: file,
  excludeFrom: file,
  filterFrom: file,
  filesFrom: file,
  minSize: size,
  maxSize: size,
  minAge: howOld,
  maxAge: howOld,
  daysToHide: days,
  daysToDelete: days
}

/** What the flag of a field is called, with its dashes: `keepDaily` is `--keep-daily`. */
export const flagNameOf = (field: string): string =>
  `--${flagWords[field]?.flag ?? field.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
