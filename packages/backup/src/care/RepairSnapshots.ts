/**
 * Takes what is lost out of snapshots, so that the rest can be restored.
 *
 * Pieces of files that are in no index are left out of the files, directories
 * that can not be read become empty. Every new snapshot is stored, and read back,
 * before an old one is removed. The caller holds the exclusive lock.
 */
import type { StorageError } from "@ourclone/core/contract/StorageError"
import { silent, type Tell } from "@ourclone/core/events/Tell"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { data } from "../format/BlobType.ts"
import type { Node } from "../format/Node.ts"
import { pathOf } from "../format/RepositoryFile.ts"
import type { Snapshot } from "../format/Snapshot.ts"
import type { BlobIndex } from "../repository/BlobIndex.ts"
import * as BlobReader from "../repository/BlobReader.ts"
import * as IndexLoader from "../repository/IndexLoader.ts"
import type { Repository } from "../repository/Repository.ts"
import { Refused, RepositoryError } from "../repository/RepositoryError.ts"
import { remedy } from "../repository/RepositoryRemedies.ts"
import * as SnapshotReplacement from "../repository/SnapshotReplacement.ts"
import * as Snapshots from "../repository/Snapshots.ts"
import * as TreeRewrite from "./TreeRewrite.ts"
import * as TreeSaver from "./TreeSaver.ts"

type E = StorageError | RepositoryError

export const tag = "repaired"

export interface RepairSnapshotsOptions {
  /** Those to look at; all of the repository when absent. */
  readonly snapshots?: ReadonlyArray<Snapshot> | undefined
  /**
   * Remove the snapshots that were replaced, and those of which nothing can be read; else the new ones get a tag.
   * Refused while packs are in no index.
   */
  readonly forget?: boolean | undefined
  readonly dryRun?: boolean | undefined
}

/** What is wrong at a path, by the code that it is told with. */
const damages = {
  MissingContent: "a part of its content is lost",
  WrongSize: "its size is corrected",
  InvalidNode: "it is of no known kind, and left out",
  EmptiedDirectory: "what was in this folder is lost"
}

export interface RepairSnapshotsSummary {
  /** With `dryRun`, that would be. */
  readonly replaced: number
  readonly unreadable: number
  readonly intact: number
}

const unindexedPacks = (repository: Repository, index: BlobIndex): Effect.Effect<ReadonlyArray<string>, E> =>
  repository.list("data").pipe(
    Stream.map(({ id }) => id),
    Stream.filter((id) => index.packNumber(id) < 0),
    Stream.runCollect
  )

/** What seems lost may be in packs that nobody has looked into. */
const refuseUnindexed = (
  repository: Repository,
  packs: ReadonlyArray<string>
): Effect.Effect<void, RepositoryError> => {
  const [first, ...others] = packs
  if (first === undefined) return Effect.void
  const which = `"${pathOf("data", first)}"${others.length === 0 ? " is" : ` and ${others.length} more are`}`
  const message = `${which} in no index, and what seems lost may be there`
  const reason = new Refused({ message, remedy: remedy("repairIndexBeforeSnapshots") })
  return Effect.fail(new RepositoryError({ repository: repository.name, reason }))
}

export const repairSnapshots = Effect.fnUntraced(function* (
  repository: Repository,
  options: RepairSnapshotsOptions = {},
  tell: Tell = silent
): Effect.fn.Return<RepairSnapshotsSummary, E> {
  /** Once for each place, though the same directory may be in many snapshots. */
  const damaged = (code: keyof typeof damages, path: Buffer): void =>
    tell.fact({ _tag: "Note", code, item: path.toString(), message: damages[code] })
  const { snapshots: all, unreadable: files } = yield* Snapshots.loadAll(repository)
  for (const { id, message } of files) {
    // The file of the snapshot itself; it stays.
    tell.fact({ _tag: "Failed", failure: { code: "UnreadableFile", item: id, message, isRetryable: false } })
  }
  const { index } = yield* IndexLoader.load(repository)
  const reader = BlobReader.make(repository, index)
  const isDry = options.dryRun === true
  const unindexed = options.forget === true ? yield* unindexedPacks(repository, index) : []
  const saver = yield* TreeSaver.make(repository, index)

  const repairFile = (node: Node, path: Buffer): Node => {
    const content = node.content ?? []
    const entries = content.map((id) => index.findHex(data, id))
    const found = content.filter((_, at) => entries[at] !== -1)
    const size = entries.reduce((sum, entry) => sum + (entry === -1 ? 0 : index.plainLengthOf(entry)), 0)
    if (found.length === content.length && node.content !== null && size === node.size) return node
    damaged(found.length < content.length ? "MissingContent" : "WrongSize", path)
    return { ...node, content: found, size }
  }

  const rewrite = TreeRewrite.make({
    name: repository.name,
    reader,
    saver: isDry ? { save: () => Effect.succeed("0".repeat(64)) } : saver,
    rules: {
      mustKeepBytes: false,
      ignoresPath: true,
      enters: () => true,
      node: (node, path) => {
        if (node.type === "file") return repairFile(node, path)
        if (node.type !== "" && node.type !== "irregular") return node
        damaged("InvalidNode", path)
        return undefined
      },
      onUnreadable: (path) => {
        if (path.equals(TreeRewrite.root)) return undefined
        damaged("EmptiedDirectory", path)
        return []
      }
    }
  })

  const found = yield* Effect.forEach(options.snapshots ?? all, (snapshot) =>
    Effect.map(rewrite(snapshot.tree), ({ tree }) => ({ snapshot, tree }))
  )
  const changed = found.filter(({ snapshot, tree }) => tree !== snapshot.tree)
  if (changed.length > 0) yield* refuseUnindexed(repository, unindexed)
  const unreadable = changed.filter(({ tree }) => tree === undefined)
  const summary = {
    replaced: changed.length - unreadable.length,
    unreadable: unreadable.length,
    intact: found.length - changed.length
  }
  for (const { snapshot } of unreadable) {
    const isRemoved = options.forget === true && !isDry
    const failure = { code: "Unreadable", item: snapshot.id, message: "nothing of it can be read", isRetryable: false }
    tell.fact(isRemoved ? { _tag: "Done", deed: "removed", item: snapshot.id } : { _tag: "Failed", failure })
  }
  if (isDry) {
    for (const { snapshot, tree } of changed) {
      if (tree !== undefined) tell.fact({ _tag: "Would", deed: "updated", item: snapshot.id })
    }
    return summary
  }

  yield* saver.finish
  yield* saver.verify(reader)
  for (const { snapshot, tree } of changed) {
    if (tree === undefined) continue
    const { id, ...content } = snapshot
    const tags = options.forget === true ? content.tags : SnapshotReplacement.tagged(content.tags, tag)
    const replacement = { ...content, tree, tags, original: id }
    const by =
      SnapshotReplacement.find(all, replacement)?.id ?? (yield* SnapshotReplacement.save(repository, replacement))
    tell.fact({ _tag: "Done", deed: "updated", item: id, values: { by } })
  }
  if (options.forget === true) {
    yield* Effect.forEach(changed, ({ snapshot }) => repository.remove("snapshots", snapshot.id), { discard: true })
  }
  return summary
})
