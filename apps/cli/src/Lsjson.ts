/** `lsjson`: the array that rclone's command of this name prints, with the same fields. */

import type { Entry, File } from "@ourclone/core/contract/Entry"
import { basename } from "@ourclone/core/contract/RemotePath"
import * as FarTime from "@ourclone/core/events/FarTime"
import * as PrintableText from "@ourclone/core/events/PrintableText"
import * as Effect from "effect/Effect"
import type { FilterInput } from "./FilterFlags.ts"
import * as Listing from "./Listing.ts"
import * as Output from "./Output.ts"

const objectOfFile = (file: File, withHashes: boolean) => ({
  Path: file.path,
  Name: basename(file.path),
  Size: file.size,
  MimeType: file.contentType ?? "application/octet-stream",
  ModTime: FarTime.iso(file.modifiedAt ?? 0),
  IsDir: false,
  ...(withHashes && Object.keys(file.checksums).length > 0 ? { Hashes: file.checksums } : {}),
  ...(file.versionId === undefined ? {} : { ID: file.versionId })
})

/** Folders have no time of their own in a listing; rclone says this for such, too. */
const objectOfFolder = (path: string) => ({
  Path: path,
  Name: basename(path),
  Size: -1,
  MimeType: "inode/directory",
  ModTime: "2000-01-01T00:00:00.000Z",
  IsDir: true
})

/** Says of each path, in order of paths, which folders begin with it. */
const makeFolderFinder = () => {
  let previous: ReadonlyArray<string> = []
  return (path: string, isFolder: boolean): ReadonlyArray<string> => {
    const segments = path.split("/")
    const folders = isFolder ? segments : segments.slice(0, -1)
    let shared = 0
    while (shared < folders.length && folders[shared] === previous[shared]) shared++
    previous = folders
    return folders.slice(shared).map((_, index) => folders.slice(0, shared + index + 1).join("/"))
  }
}

export const run = Effect.fnUntraced(function* (flags: {
  readonly path: string
  readonly at: number | undefined
  readonly recursive: boolean
  readonly filesOnly: boolean
  readonly hash: boolean
  readonly filters: FilterInput
}) {
  const output = yield* Output.make
  const newFolders = makeFolderFinder()
  let isFirst = true
  const print = (value: object): void => {
    output.raw(`${isFirst ? "" : ",\n"}${PrintableText.json(value)}`)
    isFirst = false
  }
  const onEntries = (entries: ReadonlyArray<Entry>): void => {
    for (const entry of entries) {
      if (!flags.filesOnly) {
        for (const folder of newFolders(entry.path, entry._tag === "Directory")) print(objectOfFolder(folder))
      }
      if (entry._tag === "File") print(objectOfFile(entry, flags.hash))
    }
  }
  output.raw("[\n")
  const maxDepth = flags.recursive ? undefined : 1
  yield* Listing.visit(output, { path: flags.path, filters: flags.filters, at: flags.at, maxDepth }, onEntries).pipe(
    Effect.ensuring(Effect.sync(() => output.raw(isFirst ? "]\n" : "\n]\n")))
  )
}, Effect.scoped)
