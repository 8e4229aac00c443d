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
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import * as B2Pages from "./api/B2Pages.ts"
import { type FileRow, fileOf } from "./api/B2Replies.ts"
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

const makeReader = (prefix: string, listed: string): B2Pages.Reader<FileRow, Entry> => {
  /** A marked directory of which nothing else has been seen yet. */
  let pending: string | undefined
  /** The last name that was shown. */
  let last = ""

  const named = (name: string, make: (path: RemotePath.RemotePath) => Entry): Entry => {
    const refusal = RemotePath.refusal(name)
    if (refusal === undefined && name !== "") return make(RemotePath.makeUnsafe(name))
    return {
      _tag: "Skipped",
      path: name,
      because: `no other place can take this name: ${refusal ?? "it is empty"}; rename the file in the bucket`,
      isFailure: true
    }
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
  return { page, end: () => (pending === undefined ? [] : [directory(pending)]) }
}

/** The next name worth asking for: a directory that nobody wants is not read through. `/` is followed by `0`. */
const skipUnwanted = (root: B2Root, next: string, mayContain: ListOptions["mayContain"]): string => {
  if (mayContain === undefined) return next
  const start = root.prefix.length
  for (let slash = next.indexOf("/", start); slash >= 0; slash = next.indexOf("/", slash + 1)) {
    const directory = next.slice(start, slash)
    if (RemotePath.refusal(directory) !== undefined) return next
    if (!mayContain(RemotePath.makeUnsafe(directory))) return `${next.slice(0, slash)}0`
  }
  return next
}

export const list =
  (root: B2Root): Provider["list"] =>
  (path, options) => {
    const listed = path === "" ? "" : `${path}/`
    const delimiter = options?.depth === 1 ? { delimiter: "/" } : {}
    return Stream.unwrap(
      Effect.map(root.bucket, ({ id }) =>
        B2Pages.read(
          undefined as string | undefined,
          (startFileName) =>
            Effect.map(
              root.client.listFileNames(path, {
                bucketId: id,
                prefix: root.prefix + listed,
                maxFileCount: pageSize,
                ...delimiter,
                ...(startFileName === undefined ? {} : { startFileName })
              }),
              ({ files, nextFileName }) => ({
                rows: files,
                next: nextFileName === null ? undefined : skipUnwanted(root, nextFileName, options?.mayContain)
              })
            ),
          () => makeReader(root.prefix, listed)
        )
      )
    )
  }
