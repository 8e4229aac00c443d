/** Names in a bucket as entries; `MarkedDirectories.ts` says what an empty directory is. */
import type { ListOptions, Provider } from "@ourclone/core/contract/Provider"
import * as RemotePath from "@ourclone/core/contract/RemotePath"
import * as MarkedDirectories from "@ourclone/core/layers/MarkedDirectories"
import * as Pages from "@ourclone/core/layers/Pages"
import { behindPassedOver, inPathOrder } from "@ourclone/core/layers/PathOrder"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { type FileRow, fileOf } from "./api/B2Replies.ts"
import type { B2Root } from "./B2Root.ts"

/** B2 counts a transaction for every thousand rows. */
const pageSize = 1000

const named: Pick<MarkedDirectories.Naming<FileRow>, "fileOf" | "service"> = { fileOf, service: "B2" }

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
  const isWhole = options.after === undefined || options.depth === 1
  return Pages.read(
    // What is spelled stands elsewhere among paths, and is of no interest then.
    isWhole ? undefined : root.nameOf(options.after),
    (startFileName) =>
      Effect.map(
        root.client.listFileNames(at, {
          bucketId,
          prefix,
          maxFileCount: pageSize,
          ...delimiter,
          ...(startFileName === undefined ? {} : { startFileName })
        }),
        ({ files, nextFileName }): Pages.Page<string, FileRow> => {
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
            () =>
              MarkedDirectories.makeReader<FileRow>({
                ...named,
                prefix: root.prefix,
                listed: prefix.slice(root.prefix.length)
              }),
            (reader, rows) => [reader, reader.page(rows)],
            { onHalt: (reader) => reader.end() }
          )
        )
      })
    )
