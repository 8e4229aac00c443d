/**
 * Visits every blob below some trees once, each tree read once whatever number of snapshots it is in.
 *
 * Trees are taken pack by pack, since a pack with trees is read whole.
 */
import type { StorageError } from "@ourclone/core/contract/StorageError"
import * as Effect from "effect/Effect"
import { type BlobTypeNumber, data, tree } from "../format/BlobType.ts"
import * as RepositoryFile from "../format/RepositoryFile.ts"
import { decode, decodeLinks } from "../format/Tree.ts"
import * as Hex from "../go/Hex.ts"
import type { BitSet } from "./BitSet.ts"
import type { BlobReader } from "./BlobReader.ts"
import { Damaged, Missing, RepositoryError } from "./RepositoryError.ts"
import { remedy } from "./RepositoryRemedies.ts"

type E = StorageError | RepositoryError

const idSize = 32
const packsAtOnce = 5

export interface WalkOptions {
  /** For messages. */
  readonly name: string
  readonly reader: BlobReader
  /** Entries that have been visited, of each blob the one that `BlobIndex.find` gives; the walk adds to them. */
  readonly seen: BitSet
  /** Called with the entry of each blob that was not seen before. */
  readonly onBlob?: ((entry: number) => void) | undefined
  /** Waited for before each tree: `Tell.room`. */
  readonly room?: Effect.Effect<void> | undefined
}

/** Fails with `Missing` when a blob is in no index, and as `BlobReader` does when a tree can not be read. */
export const walk = Effect.fnUntraced(function* (
  roots: Iterable<string>,
  options: WalkOptions
): Effect.fn.Return<void, E> {
  const { name, reader, room = Effect.void, seen } = options
  const { index } = reader
  const pending = new Map<number, Array<number>>()

  const missing = (type: string, id: string, from: string) => {
    const message = `the ${type} blob ${id.slice(0, 8)}, which ${from} needs, is in no index`
    const reason = new Missing({ message, file: id, remedy: remedy("repairIndexThenSnapshots") })
    return new RepositoryError({ repository: name, reason })
  }

  /** `undefined` when there is no such blob. */
  const visit = (type: BlobTypeNumber, ids: Uint8Array, at: number): boolean => {
    const first = index.find(type, ids, at)
    if (first === -1 || !index.isPlaced(first)) return false
    if (!seen.add(first)) return true
    options.onBlob?.(first)
    if (type === tree) {
      const pack = index.packOf(first)
      const waiting = pending.get(pack)
      if (waiting === undefined) pending.set(pack, [first])
      else waiting.push(first)
    }
    return true
  }

  const follow = (entry: number, bytes: Uint8Array): Effect.Effect<void, E> => {
    const links = attempt(() => decodeLinks(bytes))
    if (typeof links === "string") {
      const file = RepositoryFile.pathOf("data", index.packId(index.packOf(entry)))
      const message = `the tree ${index.hexOf(entry).slice(0, 8)} can not be read: ${links}`
      const reason = new Damaged({ message, file, remedy: remedy("repairSnapshots") })
      return Effect.fail(new RepositoryError({ repository: name, reason }))
    }
    for (const [type, ids] of [
      [data, links.content],
      [tree, links.subtrees]
    ] as const) {
      for (let at = 0; at < ids.length; at += idSize) {
        if (visit(type, ids, at)) continue
        const id = Hex.fromBytes(ids, at, at + idSize)
        if (!names(bytes, id)) continue
        return Effect.fail(missing(type === tree ? "tree" : "data", id, `the tree ${index.hexOf(entry).slice(0, 8)}`))
      }
    }
    return Effect.void
  }

  /** With what turns up for the same pack on the way. */
  const walkPack = Effect.fnUntraced(function* (pack: number): Effect.fn.Return<void, E> {
    for (let waiting = pending.get(pack); waiting !== undefined; waiting = pending.get(pack)) {
      pending.delete(pack)
      for (const entry of waiting) {
        yield* room
        yield* follow(entry, yield* reader.treeBytes(index.hexOf(entry)))
      }
    }
  })

  for (const root of roots) {
    if (!visit(tree, Hex.toBytes(root), 0)) return yield* Effect.fail(missing("tree", root, "a snapshot"))
  }
  while (pending.size > 0)
    yield* Effect.forEach([...pending.keys()], walkPack, { concurrency: packsAtOnce, discard: true })
})

/** Whether the tree really names the blob: `decodeLinks` may take it from what another program put into a node. */
const names = (bytes: Uint8Array, id: string): boolean =>
  decode(bytes).some((node) => node.subtree === id || node.content?.includes(id) === true)

const attempt = <A>(work: () => A): A | string => {
  try {
    return work()
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}
