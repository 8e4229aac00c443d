/** Trees without a repository around them: what walks through snapshots can be tried on any shape. */
import { createHash } from "node:crypto"
import { Effect } from "effect"
import { data, tree } from "../../src/format/BlobType.ts"
import type { Node } from "../../src/format/Node.ts"
import * as Tree from "../../src/format/Tree.ts"
import { BlobIndex } from "../../src/repository/BlobIndex.ts"
import type { BlobReader } from "../../src/repository/BlobReader.ts"

export const make = () => {
  const index = new BlobIndex()
  const pack = index.addPack("0".repeat(64))
  const blobs = new Map<string, Buffer>()
  let offset = 0
  let reads = 0

  const store = (type: typeof data | typeof tree, bytes: Buffer): string => {
    const id = createHash("sha256").update(bytes).digest()
    if (index.find(type, id) < 0) {
      index.add(type, id, 0, pack, offset, bytes.length + 32, 0)
      offset += bytes.length + 32
    }
    blobs.set(id.toString("hex"), bytes)
    return id.toString("hex")
  }

  const bytesOf = (id: string): Effect.Effect<Buffer> =>
    Effect.sync(() => {
      reads += 1
      const bytes = blobs.get(id)
      if (bytes === undefined) throw new Error(`nobody made ${id}`)
      return bytes
    })

  const reader: BlobReader = {
    index,
    blob: (_, id) => bytesOf(id),
    treeBytes: bytesOf,
    tree: (id) => Effect.map(bytesOf(id), Tree.decode)
  }

  return {
    reader,
    /** How many blobs were read so far. */
    reads: () => reads,
    data: (text: string) => store(data, Buffer.from(text)),
    /** Nodes stay in the order given. */
    tree: (...nodes: ReadonlyArray<Node>) => store(tree, Tree.joinTree(nodes.map(Tree.encodeNode)))
  }
}
