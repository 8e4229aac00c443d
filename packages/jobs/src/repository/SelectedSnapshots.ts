/** Which snapshots a request means: some by name, or all that its filter leaves. */
import type { Snapshot } from "@ourclone/backup/format/Snapshot"
import type { BlobReader } from "@ourclone/backup/repository/BlobReader"
import type { Repository } from "@ourclone/backup/repository/Repository"
import { NoSnapshot, RepositoryError } from "@ourclone/backup/repository/RepositoryError"
import * as SnapshotFilter from "@ourclone/backup/repository/SnapshotFilter"
import * as Snapshots from "@ourclone/backup/repository/Snapshots"
import type { Tell } from "@ourclone/core/events/Tell"
import * as Effect from "effect/Effect"
import type { SnapshotChoice, SnapshotFilterFields } from "./Fields.ts"
import * as Patterns from "./Patterns.ts"

/** Those named, in the order of their names; without names, all that the filter leaves, oldest first. What can not be read is told and passed over. */
export const select = Effect.fnUntraced(function* (repository: Repository, request: SnapshotChoice, tell: Tell) {
  const filter = Patterns.filterOf(request)
  const { ids = [] } = request
  if (ids.length === 0) {
    const { snapshots, unreadable } = yield* Snapshots.loadAll(repository)
    for (const { id, message } of unreadable) tell.fact({ _tag: "Note", code: "unreadableSnapshot", item: id, message })
    return snapshots.filter((snapshot) => SnapshotFilter.matches(snapshot, filter))
  }
  const chosen = new Map<string, Snapshot>()
  for (const id of ids) {
    const snapshot = yield* Snapshots.find(repository, id, filter)
    chosen.set(snapshot.id, snapshot)
  }
  return [...chosen.values()]
})

/** The snapshot that `id:folder` means, and that folder. */
export const one = Effect.fnUntraced(function* (
  repository: Repository,
  text: string,
  filter: SnapshotFilterFields = {}
) {
  const { id, subfolder } = Snapshots.parse(text)
  return { snapshot: yield* Snapshots.find(repository, id, Patterns.filterOf(filter)), subfolder }
})

/** The id of the tree of a folder; that of the whole snapshot for an empty one. Fails with `NoSnapshot`. */
export const folderTree = Effect.fnUntraced(function* (
  repository: Repository,
  reader: BlobReader,
  snapshot: Snapshot,
  folder: string
) {
  let { tree } = snapshot
  for (const part of folder.split("/").filter((name) => name !== "" && name !== ".")) {
    const name = Buffer.from(part)
    const node = (yield* reader.tree(tree)).find((child) => child.type === "dir" && child.name.equals(name))
    if (node?.subtree === undefined) {
      const id = snapshot.id.slice(0, 8)
      const message = `there is no folder "${folder}" in snapshot ${id}`
      const reason = new NoSnapshot({ message, remedy: { code: "listFiles", values: { snapshot: id } } })
      return yield* new RepositoryError({ repository: repository.name, reason })
    }
    tree = node.subtree
  }
  return tree
})
