/**
 * Brings folders back that no snapshot names any more, as long as no prune has removed them: after snapshots were
 * forgotten by mistake, or their files were lost.
 *
 * Each folder that is in no other folder and the root of no snapshot becomes a folder of one new snapshot, called by the
 * beginning of its id, or all of it where others begin the same. The caller holds a shared lock.
 */
import type { StorageError } from "@ourclone/core/contract/StorageError"
import { silent, type Tell } from "@ourclone/core/events/Tell"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as BlobTypes from "../format/BlobType.ts"
import * as MadeNode from "../format/MadeNode.ts"
import * as Tree from "../format/Tree.ts"
import * as GoTime from "../go/GoTime.ts"
import { BitSet } from "../repository/BitSet.ts"
import type { BlobIndex } from "../repository/BlobIndex.ts"
import * as BlobReader from "../repository/BlobReader.ts"
import * as IndexLoader from "../repository/IndexLoader.ts"
import type { Repository } from "../repository/Repository.ts"
import type { RepositoryError } from "../repository/RepositoryError.ts"
import * as SnapshotReplacement from "../repository/SnapshotReplacement.ts"
import * as Snapshots from "../repository/Snapshots.ts"
import * as Machine from "../system/Machine.ts"
import * as TreeSaver from "./TreeSaver.ts"

type E = StorageError | RepositoryError

/** Of the new snapshot. */
export const tag = "recovered"
const path = "/recover"

const idSize = 32

export interface RecoverSummary {
  /** Folders that were brought back. */
  readonly recovered: number
  /** Folders that can not be read, each told. What is in them alone is brought back as if it were in none. */
  readonly unreadable: number
  /** Absent where there was nothing to bring back. */
  readonly snapshotId?: string
}

/** The folders of the index, pack by pack: a pack with folders is read whole. */
const treesOf = (index: BlobIndex): Uint32Array => {
  const { entries } = index.byPack()
  // A folder may lie in several packs.
  return entries.filter((entry) => {
    return index.typeOf(entry) === BlobTypes.tree && index.find(BlobTypes.tree, index.idOf(entry)) === entry
  })
}

/** Those that no readable folder names, and no snapshot. */
const unnamed = Effect.fnUntraced(function* (
  repository: Repository,
  index: BlobIndex,
  roots: Iterable<string>,
  tell: Tell
) {
  const reader = BlobReader.make(repository, index)
  const named = new BitSet(index.size)
  const broken = new BitSet(index.size)
  const name = (entry: number): void => {
    if (entry !== -1) named.add(entry)
  }
  const readLinks = (entry: number): Effect.Effect<void, E> =>
    reader.treeBytes(index.hexOf(entry)).pipe(
      Effect.flatMap((bytes) =>
        Effect.sync(() => {
          const { subtrees } = Tree.decodeLinks(bytes)
          for (let at = 0; at < subtrees.length; at += idSize) name(index.find(BlobTypes.tree, subtrees, at))
        })
      ),
      Effect.catchDefect((defect) =>
        defect instanceof Tree.TreeError ? unreadable(entry, defect) : Effect.die(defect)
      ),
      Effect.catchTag("RepositoryError", (error) => unreadable(entry, error))
    )
  const unreadable = (entry: number, { message }: Error): Effect.Effect<void> =>
    Effect.sync(() => {
      broken.add(entry)
      tell.fact({
        _tag: "Failed",
        failure: { code: "Unreadable", item: index.hexOf(entry), message, isRetryable: false }
      })
    })

  const trees = treesOf(index)
  for (const root of roots) name(index.findHex(BlobTypes.tree, root))
  yield* Effect.forEach(trees, readLinks, { discard: true })
  const found: Array<string> = []
  for (const entry of trees) if (!named.has(entry) && !broken.has(entry)) found.push(index.hexOf(entry))
  return { reader, found, unreadable: broken.count }
})

/** Done twice it finds nothing the second time. Stores the snapshot last, once its folder was read back. */
export const recover = Effect.fnUntraced(function* (
  repository: Repository,
  { programVersion }: { readonly programVersion?: string | undefined } = {},
  tell: Tell = silent
): Effect.fn.Return<RecoverSummary, E> {
  const { snapshots } = yield* Snapshots.loadAll(repository)
  const { index } = yield* IndexLoader.load(repository)
  const roots = snapshots.map((snapshot) => snapshot.tree)
  const { found, reader, unreadable } = yield* unnamed(repository, index, roots, tell)
  const summary = { recovered: found.length, unreadable }
  if (found.length === 0) return summary

  const millis = yield* Clock.currentTimeMillis
  const time = GoTime.format(Math.floor(millis / 1000), (millis % 1000) * 1_000_000)
  const saver = yield* TreeSaver.make(repository, index)
  const short = Map.groupBy(found, (id) => id.slice(0, 8))
  const nameOf = (id: string): string => (short.get(id.slice(0, 8))?.length === 1 ? id.slice(0, 8) : id)
  const nodes = found
    .map((id) => ({ ...MadeNode.make(nameOf(id), "dir", time), subtree: id }))
    .sort((left, right) => Tree.compareNames(left.name, right.name))
  const tree = yield* saver.save(Tree.joinTree(nodes.map(Tree.encodeNode)))
  yield* saver.finish
  yield* saver.verify(reader)
  const { gid, hostname, uid, username } = Machine.current()
  const content = { time, tree, paths: [path], hostname, username, uid, gid, excludes: [], tags: [tag], programVersion }
  return { ...summary, snapshotId: yield* SnapshotReplacement.save(repository, content) }
})
