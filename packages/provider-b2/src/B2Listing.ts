/**
 * Names in a bucket as entries.
 *
 * B2 has no directories. An empty one is the empty file `dir/.bzEmpty`, and
 * other tools leave an empty file `dir/`: both show as a directory, and neither
 * shows when the directory has something else in it.
 */
import type { Directory, Entry } from "@ourclone/core/contract/Entry"
import type { ListOptions, Provider } from "@ourclone/core/contract/Provider"
import * as RemotePath from "@ourclone/core/contract/RemotePath"
import * as Spelling from "@ourclone/core/contract/Spelling"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import * as B2Pages from "./api/B2Pages.ts"
import { type FileRow, fileOf } from "./api/B2Replies.ts"
import { behindPassedOver, inPathOrder } from "./B2PathOrder.ts"
import type { B2Root } from "./B2Root.ts"

/** B2 counts a transaction for every thousand rows. */
const pageSize = 1000

export const emptyDirectoryMarker = ".bzEmpty"

/** The directory (with its last `/`) that the empty file `name` stands for. */
export const markedDirectory = (name: string): string | undefined => {
  if (name === "" || name.endsWith("/")) return name
  if (!name.endsWith(emptyDirectoryMarker)) return undefined
  const directory = name.slice(0, -emptyDirectoryMarker.length)
  return directory === "" || directory.endsWith("/") ? directory : undefined
}

const makeReader = (prefix: string, listed: string) => {
  /** A marked directory of which nothing else has been seen yet. */
  let pending: string | undefined
  /** The last name that was shown. */
  let last = ""

  const named = (name: string, make: (path: RemotePath.RemotePath) => Entry): Entry => {
    const path = Spelling.segments.toPath(name)
    const refusal = RemotePath.refusal(path)
    if (refusal === undefined) return make(RemotePath.makeUnsafe(path))
    const because = `B2 allows no such name: ${refusal}; rename the file in the bucket`
    return { _tag: "Skipped", path, because, isFailure: true }
  }
  const directory = (name: string): Entry =>
    named(name.slice(0, -1), (path): Directory => ({ _tag: "Directory", path }))

  const page = (rows: ReadonlyArray<FileRow>): Array<Entry> => {
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

/** The next name worth asking for: a directory that nobody wants is not read through. `/` is followed by `0`. */
const skipUnwanted = (root: B2Root, next: string, mayContain: ListOptions["mayContain"]): string => {
  if (mayContain === undefined) return next
  const start = root.prefix.length
  for (let slash = next.indexOf("/", start); slash >= 0; slash = next.indexOf("/", slash + 1)) {
    const directory = root.pathOf(next.slice(0, slash))
    if (RemotePath.refusal(directory) !== undefined) return next
    if (!mayContain(RemotePath.makeUnsafe(directory))) return `${next.slice(0, slash)}0`
  }
  return next
}

const rowsOf = (root: B2Root, bucketId: string, at: RemotePath.RemotePath, options: ListOptions, prefix: string) => {
  const delimiter = options.depth === 1 ? { delimiter: "/" } : {}
  return B2Pages.read(
    undefined as string | undefined,
    (startFileName) =>
      Effect.map(
        root.client.listFileNames(at, {
          bucketId,
          prefix,
          maxFileCount: pageSize,
          ...delimiter,
          ...(startFileName === undefined ? {} : { startFileName })
        }),
        ({ files, nextFileName }): B2Pages.Page<string, FileRow> => {
          if (nextFileName === null) return { rows: files, next: undefined }
          const next = behindPassedOver(prefix, files.at(-1)?.fileName, nextFileName)
          return { rows: files, next: skipUnwanted(root, next, options.mayContain) }
        }
      ),
    () => ({ page: (rows) => rows })
  )
}

export const list =
  (root: B2Root): Provider["list"] =>
  (path, options = {}) =>
    Stream.unwrap(
      Effect.map(root.bucket, ({ id }) => {
        const prefix = path === "" ? root.prefix : `${root.nameOf(path)}/`
        return inPathOrder((begin) => rowsOf(root, id, path, options, begin), prefix).pipe(
          Stream.mapAccumArray(
            () => makeReader(root.prefix, prefix.slice(root.prefix.length)),
            (reader, rows) => [reader, reader.page(rows)],
            { onHalt: (reader) => reader.end() }
          )
        )
      })
    )
