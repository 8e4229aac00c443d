/** What is in a snapshot as one tree: what was asked for with the folders on the way to it, each thing once. */
import type { StorageError } from "@ourclone/core/contract/StorageError"
import * as Stream from "effect/Stream"
import type { Snapshot } from "../format/Snapshot.ts"
import type { BlobReader } from "../repository/BlobReader.ts"
import type * as NodeWalk from "../repository/NodeWalk.ts"
import type { Repository } from "../repository/Repository.ts"
import type { RepositoryError } from "../repository/RepositoryError.ts"
import * as SnapshotPath from "../repository/SnapshotPath.ts"
import * as SnapshotListing from "./SnapshotListing.ts"

export interface OutlineOptions {
  readonly snapshot: Pick<Snapshot, "id" | "tree">
  /** Where the tree begins: a folder; the root when empty. */
  readonly top: string
  /** Below the root of the snapshot: what to give of it. */
  readonly paths: ReadonlyArray<string>
  /** Also what is in the directories found. */
  readonly recursive: boolean
}

/** Whether `path` is `folder` or in it. */
const isWithin = (path: string, folder: string): boolean =>
  folder === "/" || path === folder || path.startsWith(`${folder}/`)

/** As a listing of `top` that leaves out what is neither asked for nor on the way. Fails with `NoSnapshot` where nothing lies at a path. */
export const list = (
  repository: Repository,
  reader: BlobReader,
  { paths, recursive, snapshot, top }: OutlineOptions
): Stream.Stream<NodeWalk.WalkedNode, StorageError | RepositoryError> => {
  const bytes = paths.map((path) => {
    const parts = SnapshotPath.partsOf(path).map((part) => part.toString("latin1"))
    return `/${parts.join("/")}`
  })
  /** One of the paths, in such a folder, or below it where all that is below is wanted. */
  const isAsked = (path: string): boolean =>
    bytes.some((folder) => isWithin(path, folder) && (recursive || path.lastIndexOf("/") <= folder.length))
  const isOnTheWay = (path: string): boolean => bytes.some((folder) => isWithin(folder, path))
  const there = Stream.flatMap(Stream.fromIterable(paths), (path) =>
    Stream.drain(SnapshotListing.list(repository, reader, { snapshot, path, recursive: false }).pipe(Stream.take(1)))
  )
  const textOf = ({ path }: NodeWalk.WalkedNode): string => path.toString("latin1")
  const all = SnapshotListing.list(repository, reader, {
    snapshot,
    path: top,
    recursive: true,
    enters: (directory) => isOnTheWay(textOf(directory)) || (recursive && isAsked(textOf(directory)))
  })
  return Stream.concat(
    there,
    Stream.filter(all, (walked) => isAsked(textOf(walked)) || isOnTheWay(textOf(walked)))
  )
}
