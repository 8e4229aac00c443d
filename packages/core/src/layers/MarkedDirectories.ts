/**
 * Names of a storage that has no directories, as entries.
 *
 * An empty directory is the empty file `dir/.bzEmpty`, or the empty file `dir/` that many tools leave: both show as a
 * directory, and neither shows when the directory has something else in it.
 */
import type { Directory, Entry, File } from "../contract/Entry.ts"
import * as RemotePath from "../contract/RemotePath.ts"
import * as Spelling from "../contract/Spelling.ts"
import type { Row } from "./PathOrder.ts"

export const emptyDirectoryMarker = ".bzEmpty"

/** The directory (with its last `/`) that the empty file `name` stands for. */
export const markedDirectory = (name: string): string | undefined => {
  if (name === "" || name.endsWith("/")) return name
  if (!name.endsWith(emptyDirectoryMarker)) return undefined
  const directory = name.slice(0, -emptyDirectoryMarker.length)
  return directory === "" || directory.endsWith("/") ? directory : undefined
}

export interface SizedRow extends Row {
  /** In bytes; nothing for a folder. */
  readonly contentLength?: number | null | undefined
}

export interface Naming<R> {
  /** Of the storage, for messages. */
  readonly service: string
  /** "" or what ends with `/`: what the names of rows begin with and paths do not. */
  readonly prefix: string
  /** The directory that is listed, below `prefix`, with its last `/`. */
  readonly listed: string
  readonly fileOf: (row: R, path: RemotePath.RemotePath) => File
}

/** Of rows in the order of paths. What is neither a folder nor an upload or copy is passed over. */
export const makeReader = <R extends SizedRow>({ fileOf, listed, prefix, service }: Naming<R>) => {
  /** A marked directory of which nothing else has been seen yet. */
  let pending: string | undefined
  /** The last name that was shown. */
  let last = ""

  const named = (name: string, make: (path: RemotePath.RemotePath) => Entry): Entry => {
    if (Spelling.isPlain(name)) return make(RemotePath.makeUnsafe(name))
    const path = Spelling.segments.toPath(name)
    const refusal = RemotePath.refusal(path)
    if (refusal === undefined) return make(RemotePath.makeUnsafe(path))
    const because = `${service} has a name that is none here: ${refusal}; rename the file in the bucket`
    return { _tag: "Skipped", path, because, isFailure: true }
  }
  const directory = (name: string): Entry =>
    named(name.slice(0, -1), (path): Directory => ({ _tag: "Directory", path }))

  const page = (rows: ReadonlyArray<R>): Array<Entry> => {
    const entries: Array<Entry> = []
    for (const row of rows) {
      const name = prefix === "" ? row.fileName : row.fileName.slice(prefix.length)
      const marked = row.contentLength === 0 && row.action !== "folder" ? markedDirectory(name) : undefined
      if (pending !== undefined) {
        if (!name.startsWith(pending)) {
          entries.push(directory(pending))
          last = pending
        }
        pending = undefined
      }
      if (marked !== undefined) {
        if (marked.length > listed.length && !last.startsWith(marked)) pending = marked
        continue
      }
      if (row.action === "folder") entries.push(directory(name))
      else if (row.action === "upload" || row.action === "copy") entries.push(named(name, (path) => fileOf(row, path)))
      else continue
      last = name
    }
    return entries
  }
  const end = (): ReadonlyArray<Entry> => (pending === undefined ? [] : [directory(pending)])
  return { page, end }
}
