/** The folder of a snapshot that `id:folder` means. */

import type { Snapshot } from "@ourclone/backup/format/Snapshot"
import type { BlobReader } from "@ourclone/backup/repository/BlobReader"
import type { Repository } from "@ourclone/backup/repository/Repository"
import { NoSnapshot, RepositoryError } from "@ourclone/backup/repository/RepositoryError"
import * as Effect from "effect/Effect"

/** The id of its tree; that of the whole snapshot for an empty folder. Fails with `NoSnapshot`. */
export const folderTree = Effect.fnUntraced(function* (
  repository: Repository,
  reader: BlobReader,
  snapshot: Snapshot,
  folder: string
) {
  let { tree } = snapshot
  for (const part of folder.split("/").filter((name) => name !== "" && name !== ".")) {
    const name = Buffer.from(part)
    const node = (yield* reader.tree(tree)).find((one) => one.type === "dir" && one.name.equals(name))
    if (node?.subtree === undefined) {
      const id = snapshot.id.slice(0, 8)
      const message = `there is no folder "${folder}" in snapshot ${id}; ourclone snapshot ls ${id} shows what is`
      return yield* new RepositoryError({ repository: repository.name, reason: new NoSnapshot({ message }) })
    }
    tree = node.subtree
  }
  return tree
})
