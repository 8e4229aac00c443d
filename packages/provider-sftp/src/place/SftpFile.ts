/** A file as the server tells of it. */
import type { DatedFile, File } from "@ourclone/core/contract/Entry"
import type { RemotePath } from "@ourclone/core/contract/RemotePath"
import { SourceChanged } from "@ourclone/core/contract/StorageError"
import type { Attributes } from "ssh2"

type Told = Pick<Attributes, "mode" | "mtime" | "size">

const kindBits = 0o170000
const isKind = (kind: number) => (attributes: Pick<Attributes, "mode">) => (attributes.mode & kindBits) === kind
export const isFile = isKind(0o100000)
export const isDirectory = isKind(0o040000)
export const isLink = isKind(0o120000)

/** Whether the server says of it what files need: a listing without that would look like one without files. */
export const isTold = ({ mode, mtime, size }: Partial<Told>): boolean =>
  Number.isInteger(mode) && Number.isInteger(mtime) && Number.isSafeInteger(size) && (size ?? -1) >= 0

export const untold = "the server does not say what it is, how large, or of when"

const identityOf = ({ mtime, size }: Told): string => `${size}:${mtime}`

/** Times are whole seconds there. */
export const fileOf = (path: RemotePath, told: Told): DatedFile => ({
  _tag: "File",
  path,
  size: told.size,
  modifiedAt: told.mtime * 1000,
  checksums: {},
  identity: identityOf(told)
})

/** Throws `SourceChanged` where what is there now is seen to be another than `file`. */
export const assertSame = (file: File, now: Told): void => {
  const { identity } = file
  if (identity === undefined ? now.size === file.size : identity === identityOf(now)) return
  throw new SourceChanged({ message: "it was replaced since it was listed: run again once nothing writes to it" })
}
