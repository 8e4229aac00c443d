/** What is stored where in a repository. A file, `config` aside, is named by the SHA-256 of its stored bytes. */
import type { Entry } from "@ourclone/core/contract/Entry"
import * as RemotePath from "@ourclone/core/contract/RemotePath"
import * as Hex from "../go/Hex.ts"

export type FileType = "data" | "index" | "keys" | "locks" | "snapshots"

export interface RepositoryFile {
  /** 64 lower-case hex digits. */
  readonly id: string
  /** Bytes as they are stored. */
  readonly size: number
  /** Milliseconds since 1970 UTC. */
  /** Where a listing does not say, later than anything: whatever spares young files spares it. */
  readonly modifiedAt: number
}

export const configPath = RemotePath.makeUnsafe("config")

export const directoryOf = (type: FileType): RemotePath.RemotePath => RemotePath.makeUnsafe(type)

/** `snapshots/5a…`, and `data/5a/5a…` for packs. */
export const pathOf = (type: FileType, id: string): RemotePath.RemotePath =>
  RemotePath.makeUnsafe(type === "data" ? `data/${id.slice(0, 2)}/${id}` : `${type}/${id}`)

const mebibyte = 1024 * 1024

/**
 * Far more than a file of the kind ever has. Sizes are the storage's word, which nothing vouches for before the
 * file has been read, and no memory is set aside for what can not be.
 */
const mostBytes: Record<FileType, number> = {
  data: 512 * mebibyte,
  index: 512 * mebibyte,
  keys: 16 * mebibyte,
  locks: 16 * mebibyte,
  snapshots: 64 * mebibyte
}

/** The most bytes that the file at a path may have. */
export const mostBytesAt = (path: string): number => mostBytes[path.split("/", 1)[0] as FileType] ?? mostBytes.keys

/** Whether a file of the kind may have the path. */
export const isPathOf = (type: FileType, path: string): boolean => {
  const id = path.slice(path.lastIndexOf("/") + 1)
  return Hex.isId(id) && path === pathOf(type, id)
}

/**
 * The file of the repository that a listing shows; `undefined` for whatever else
 * lies there: other names, and packs in the wrong directory.
 */
export const ofEntry = (type: FileType, entry: Entry): RepositoryFile | undefined => {
  if (entry._tag !== "File") return undefined
  if (!isPathOf(type, entry.path)) return undefined
  const id = RemotePath.basename(entry.path)
  return { id, size: entry.size, modifiedAt: entry.modifiedAt ?? Number.POSITIVE_INFINITY }
}
