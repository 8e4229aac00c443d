/** What is in a snapshot. */
import type { StorageError } from "@ourclone/core/contract/StorageError"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { type Snapshot, shortId } from "../format/Snapshot.ts"
import type { BlobReader } from "../repository/BlobReader.ts"
import * as NodeWalk from "../repository/NodeWalk.ts"
import type { Repository } from "../repository/Repository.ts"
import { NoSnapshot, RepositoryError } from "../repository/RepositoryError.ts"
import { remedy } from "../repository/RepositoryRemedies.ts"
import * as SnapshotPath from "../repository/SnapshotPath.ts"

export interface LsOptions {
  readonly snapshot: Pick<Snapshot, "id" | "tree">
  /** Where to begin; the root when empty. A file is listed alone. */
  readonly path: string
  /** Also what is in the directories found. */
  readonly recursive: boolean
  /** Which of the directories found, when not all. */
  readonly enters?: (directory: NodeWalk.WalkedNode) => boolean
}

/** Nodes below a path, without that of the path itself unless it is no directory. Fails with `NoSnapshot` where nothing lies there. */
export const list = (
  repository: Repository,
  reader: BlobReader,
  { enters = () => true, path, recursive, snapshot }: LsOptions
): Stream.Stream<NodeWalk.WalkedNode, StorageError | RepositoryError> =>
  Stream.unwrap(
    Effect.map(SnapshotPath.find(reader, snapshot.tree, path), (found) => {
      if (found === undefined) {
        const message = `there is no "${path}" in snapshot ${shortId(snapshot)}`
        const reason = new NoSnapshot({ message, remedy: remedy("listFiles", { snapshot: shortId(snapshot) }) })
        return Stream.fail(new RepositoryError({ repository: repository.name, reason }))
      }
      const at = NodeWalk.join(NodeWalk.root, found.path)
      if (found.tree !== undefined) {
        return NodeWalk.stream(reader, {
          tree: found.tree,
          path: at,
          enters: (directory) => recursive && enters(directory)
        })
      }
      return found.node === undefined ? Stream.empty : Stream.succeed({ path: at, node: found.node, tree: undefined })
    })
  )
