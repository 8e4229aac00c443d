/** The fields that requests about repositories have in common. */
import * as Schema from "effect/Schema"
import { bwlimit, flag, place, text, texts, tpslimit, type WhenBusy, whenBusy, whole } from "../kind/RequestFields.ts"

export const count = Schema.Int

/** Which repository, and how it is opened. */
export const access = {
  repository: place("An absolute path, remote:path, or a name of the configuration"),
  keyHint: text("Id of the key to try first, or how it begins"),
  cache: flag("Whether copies of its index and folders are kept on this machine; they are when absent"),
  cacheDirectory: text("The folder of these copies, absolute; else that of this user"),
  extraVerify: flag(
    "Whether what was encrypted is opened again before it is sent, to find faulty memory; it is when absent"
  ),
  bwlimit,
  tpslimit
}

export interface Access {
  readonly repository: string
  readonly keyHint?: string
  readonly cache?: boolean
  readonly cacheDirectory?: string
  readonly extraVerify?: boolean
  readonly bwlimit?: string
  readonly tpslimit?: number
}

/** What becomes of a run that finds the repository locked. */
export const locking = {
  whenBusy: whenBusy("What to do while another run has the repository locked; fail when absent"),
  waitMillis: whole("How long to wait for that at most; as long as it takes when absent")
}

export interface Locking {
  readonly whenBusy?: WhenBusy
  readonly waitMillis?: number
}

/** Of runs that only read. */
export const reading = {
  ...access,
  ...locking,
  lock: flag("Whether to lock the repository; false is for one that may only be read")
}

export interface Reading extends Access, Locking {
  readonly lock?: boolean
}

/** Which snapshots take part. */
export const snapshotFilter = {
  host: texts("Only snapshots of one of these hosts"),
  tag: Schema.optionalKey(
    Schema.Array(Schema.Array(Schema.String)).annotate({
      description: 'Only snapshots with all tags of one of these lists; the tag "" means none at all'
    })
  ),
  path: texts("Only snapshots that hold all of these absolute paths")
}

export interface SnapshotFilterFields {
  readonly host?: ReadonlyArray<string>
  readonly tag?: ReadonlyArray<ReadonlyArray<string>>
  readonly path?: ReadonlyArray<string>
}

/** Which snapshots are meant: some by name, or all that the filter leaves. */
export const snapshotChoice = {
  ids: texts("Snapshots by name: ids or their beginnings, latest, latest~1"),
  ...snapshotFilter
}

export interface SnapshotChoice extends SnapshotFilterFields {
  readonly ids?: ReadonlyArray<string>
}

export const excludes = {
  exclude: texts("Patterns of paths to leave out"),
  iexclude: texts("The same, whatever the case of letters")
}

export const includes = {
  include: texts("Patterns of the only paths to take"),
  iinclude: texts("The same, whatever the case of letters")
}

export interface Excludes {
  readonly exclude?: ReadonlyArray<string>
  readonly iexclude?: ReadonlyArray<string>
}

export interface Includes {
  readonly include?: ReadonlyArray<string>
  readonly iinclude?: ReadonlyArray<string>
}
