/** The blobs that only one of two trees needs: three bits for each blob of the repository, whatever the trees hold. */
import type { StorageError } from "@ourclone/core/contract/StorageError"
import type * as Effect from "effect/Effect"
import { data, tree } from "../format/BlobType.ts"
import type { Node } from "../format/Node.ts"
import { BitSet } from "../repository/BitSet.ts"
import type { BlobReader } from "../repository/BlobReader.ts"
import type { RepositoryError } from "../repository/RepositoryError.ts"
import * as TreeWalk from "../repository/TreeWalk.ts"

export interface BlobCounts {
  readonly dataBlobs: number
  readonly treeBlobs: number
  /** Before compression. */
  readonly bytes: number
}

export class DiffBlobs {
  readonly #reader: BlobReader
  readonly #first: BitSet
  readonly #second: BitSet
  readonly #common: BitSet

  constructor(reader: BlobReader) {
    this.#reader = reader
    const { size } = reader.index
    this.#first = new BitSet(size)
    this.#second = new BitSet(size)
    this.#common = new BitSet(size)
  }

  #mark(side: "first" | "second", entry: number): void {
    // Blobs in no index have no size either.
    if (entry >= 0) (side === "first" ? this.#first : this.#second).add(entry)
  }

  addTree(side: "first" | "second", id: string): void {
    this.#mark(side, this.#reader.index.findHex(tree, id))
  }

  /** What the node itself is made of, not what is below it. */
  add(side: "first" | "second", node: Node): void {
    if (node.type === "dir" && node.subtree !== undefined) this.addTree(side, node.subtree)
    if (node.type !== "file") return
    for (const id of node.content ?? []) this.#mark(side, this.#reader.index.findHex(data, id))
  }

  /** Everything below a tree that both have. */
  addCommon(id: string): Effect.Effect<void, StorageError | RepositoryError> {
    return TreeWalk.walk([id], { name: "diff", reader: this.#reader, seen: this.#common })
  }

  onlyInOne(): { readonly first: BlobCounts; readonly second: BlobCounts } {
    const { index } = this.#reader
    const counts = {
      first: { dataBlobs: 0, treeBlobs: 0, bytes: 0 },
      second: { dataBlobs: 0, treeBlobs: 0, bytes: 0 }
    }
    for (let entry = 0; entry < index.size; entry++) {
      const isInFirst = this.#first.has(entry)
      if (isInFirst === this.#second.has(entry) || this.#common.has(entry)) continue
      const side = isInFirst ? counts.first : counts.second
      if (index.typeOf(entry) === tree) side.treeBlobs += 1
      else side.dataBlobs += 1
      side.bytes += index.plainLengthOf(entry)
    }
    return counts
  }
}
