/** Finding what lies at a path of a snapshot. */
import type { StorageError } from "@ourclone/core/contract/StorageError"
import * as Effect from "effect/Effect"
import * as PathPattern from "../choose/PathPattern.ts"
import { type Node, nameRefusal } from "../format/Node.ts"
import type { BlobReader } from "./BlobReader.ts"
import type { RepositoryError } from "./RepositoryError.ts"

export interface Found {
  /** `undefined` for the root, which has none. */
  readonly node: Node | undefined
  /** Of the root or a directory. */
  readonly tree: string | undefined
  /** Without slashes at its ends; empty for the root. */
  readonly path: Buffer
}

const slash = Buffer.from("/")

/** The bytes of a path's components; `.` and empty ones are passed over. */
export const partsOf = (path: string): ReadonlyArray<Buffer> =>
  path
    .split("/")
    .filter((part) => part !== "" && part !== ".")
    .map(PathPattern.bytesOf)

/** `undefined` when nothing is there. Symbolic links are not followed. */
export const find = (
  reader: BlobReader,
  tree: string,
  path: string
): Effect.Effect<Found | undefined, StorageError | RepositoryError> =>
  Effect.gen(function* () {
    let found: Found = { node: undefined, tree, path: Buffer.alloc(0) }
    for (const part of partsOf(path)) {
      // ".." and its kin may be in a hostile tree, and no path is to lead through them.
      if (found.tree === undefined || nameRefusal({ name: part }, false) !== undefined) return undefined
      const nodes: ReadonlyArray<Node> = yield* reader.tree(found.tree)
      const node: Node | undefined = nodes.find((one) => one.name.equals(part))
      if (node === undefined) return undefined
      const below = found.path.length === 0 ? part : Buffer.concat([found.path, slash, part])
      found = { node, tree: node.type === "dir" ? node.subtree : undefined, path: below }
    }
    return found
  })
