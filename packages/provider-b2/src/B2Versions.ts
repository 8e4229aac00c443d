/** Old versions and hide markers. */
import * as RemotePath from "@ourclone/core/contract/RemotePath"
import * as Spelling from "@ourclone/core/contract/Spelling"
import type { StorageError } from "@ourclone/core/contract/StorageError"
import type { Version, Versions } from "@ourclone/core/contract/Versions"
import { markedDirectory } from "@ourclone/core/layers/MarkedDirectories"
import * as Pages from "@ourclone/core/layers/Pages"
import { behindPassedOver, inPathOrder } from "@ourclone/core/layers/PathOrder"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { type FileRow, fileOf } from "./api/B2Replies.ts"
import type { B2Root } from "./B2Root.ts"

const pageSize = 1000
const none: ReadonlySet<string> = new Set()

interface Start {
  readonly startFileName: string
  readonly startFileId: string | undefined
  /** Where pages of the same name began. */
  readonly seen: ReadonlySet<string>
}

/** Every row of names that begin with `prefix`, but those that `inPathOrder` passes over: uploads, hide markers and unfinished large files. */
const versionRows = (
  root: B2Root,
  at: string,
  bucketId: string,
  prefix: string,
  most = pageSize
): Stream.Stream<FileRow, StorageError> =>
  Pages.read(
    undefined as Start | undefined,
    (start) => {
      const { seen = none, ...from } = start ?? {}
      return Effect.map(
        root.client.listFileVersions(at, { bucketId, prefix, maxFileCount: most, ...from }, seen),
        ({ files, nextFileId, nextFileName }): Pages.Page<Start, FileRow> => {
          if (nextFileName === null) return { rows: files, next: undefined }
          const behind = behindPassedOver(prefix, files.at(-1)?.fileName, nextFileName)
          if (behind !== nextFileName) {
            return { rows: files, next: { startFileName: behind, startFileId: undefined, seen: none } }
          }
          const before = nextFileName === start?.startFileName ? seen : none
          const next = { startFileName: nextFileName, startFileId: nextFileId ?? undefined }
          return { rows: files, next: { ...next, seen: new Set(before).add(nextFileId ?? "") } }
        }
      )
    },
    () => ({ page: (rows) => rows })
  )

/** Every row of exactly the name `fileName`. Names that go on after it are not read through. */
export const versionsOfName = (root: B2Root, at: string, bucketId: string, fileName: string, most?: number) =>
  Stream.takeWhile(versionRows(root, at, bucketId, fileName, most), (row) => row.fileName === fileName)

const versionOf = (root: B2Root, row: FileRow): ReadonlyArray<Version> => {
  const name = root.pathOf(row.fileName)
  const isStored = row.action === "upload" || row.action === "copy"
  if ((!isStored && row.action !== "hide") || RemotePath.refusal(name) !== undefined) return []
  const path = RemotePath.makeUnsafe(name)
  const storedAt = row.uploadTimestamp
  if (!isStored) return [{ path, versionId: row.fileId, kind: "Hidden", size: 0, storedAt, modifiedAt: storedAt }]
  const { _tag, ...file } = fileOf(row, path)
  return [{ ...file, versionId: row.fileId, kind: "Stored", storedAt }]
}

/** Empty ones are files, see `B2Listing.ts`. */
const directoryOf: Versions["directoryOf"] = ({ path, size }) => {
  const marked = size === 0 ? markedDirectory(Spelling.segments.toName(path)) : undefined
  if (marked === undefined) return undefined
  return marked === "" ? RemotePath.root : RemotePath.makeUnsafe(Spelling.segments.toPath(marked.slice(0, -1)))
}

export const make = (root: B2Root): Versions => {
  const under = (at: string, bucketId: string, prefix: string) =>
    inPathOrder((begin) => versionRows(root, at, bucketId, begin), prefix).pipe(
      Stream.mapAccumArray(
        () => undefined,
        (_, rows) => [undefined, rows.flatMap((row) => versionOf(root, row))]
      )
    )

  return {
    list: (path, { newest } = {}) =>
      Stream.unwrap(
        Effect.map(root.bucket, ({ id }) => {
          if (path === "") return newest === undefined ? under(path, id, root.prefix) : Stream.empty
          const name = root.nameOf(path)
          // Not one listing of all that begins with the name: `a-b`, `a.txt` … may lie between `a` and `a/`.
          const exact = Stream.flatMap(versionsOfName(root, path, id, name, newest), (row) =>
            Stream.fromIterable(versionOf(root, row))
          )
          return newest === undefined ? Stream.concat(exact, under(path, id, `${name}/`)) : Stream.take(exact, newest)
        })
      ),
    remove: (version) =>
      Effect.suspend(() => root.client.deleteFileVersion(version.path, root.nameOf(version.path), version.versionId)),
    hide: (path) =>
      Effect.flatMap(root.bucket, ({ id }) => root.client.hideFile(path, id, root.nameOf(path))).pipe(
        Effect.catchReason("StorageError", "NotFound", () => Effect.void)
      ),
    directoryOf
  }
}
