/** Snapshots whose trees are written by hand, so that they may hold what no backup program would store. */
import { hash } from "node:crypto"
import * as fs from "node:fs"
import { join } from "node:path"
import * as Told from "@ourclone/core/testing/Told"
import * as Effect from "effect/Effect"
import * as BlobTable from "../../src/format/BlobTable.ts"
import * as BlobType from "../../src/format/BlobType.ts"
import type { Node } from "../../src/format/Node.ts"
import { type FinishedPack, makePackWriter } from "../../src/format/PackWriter.ts"
import * as Tree from "../../src/format/Tree.ts"
import * as Hex from "../../src/go/Hex.ts"
import * as BlobReader from "../../src/repository/BlobReader.ts"
import * as IndexFile from "../../src/repository/IndexFile.ts"
import * as IndexLoader from "../../src/repository/IndexLoader.ts"
import type { Repository } from "../../src/repository/Repository.ts"
import * as Restorer from "../../src/restore/Restorer.ts"
import { node } from "./SampleBackup.ts"
import * as TestRepository from "./TestRepository.ts"

/** A node with its content, or with what is in it. Nodes stay in the given order. */
export interface HandMade extends Partial<Omit<Node, "name">> {
  readonly name: string | Buffer
  readonly pieces?: ReadonlyArray<string | Uint8Array>
  readonly inside?: ReadonlyArray<HandMade>
}

export const file = (name: string | Buffer, ...pieces: ReadonlyArray<string | Uint8Array>): HandMade => ({
  name,
  pieces
})
export const folder = (name: string | Buffer, inside: ReadonlyArray<HandMade>, more: Partial<Node> = {}): HandMade => ({
  ...more,
  name,
  inside
})
export const link = (name: string | Buffer, linkTarget: string): HandMade => ({
  name,
  type: "symlink",
  mode: 134218239,
  linkTarget
})

export interface StoreOptions {
  /** Small ones make files lie in several packs. */
  readonly packSize?: number
}

/** Gives the id of the tree. */
export const store = Effect.fnUntraced(function* (
  repository: Repository,
  nodes: ReadonlyArray<HandMade>,
  options: StoreOptions = {}
) {
  const packs: Array<FinishedPack> = []
  const writer = makePackWriter({
    box: repository.box,
    compression: "auto",
    version: 2,
    targetSize: options.packSize ?? 1_000_000,
    openDataPacks: 1,
    onPack: (pack) => packs.push(pack)
  })
  const stored = new Set<string>()
  const storeBlob = (type: BlobType.BlobTypeNumber, bytes: Uint8Array): string => {
    const id = hash("sha256", bytes)
    if (!stored.has(`${type}${id}`)) writer.store(type, Hex.toBytes(id), bytes)
    stored.add(`${type}${id}`)
    return id
  }
  const storeTree = (inside: ReadonlyArray<HandMade>): string => {
    const texts = inside.map(({ inside: below, name, pieces = [], ...more }) => {
      const blobs = pieces.map((piece) => Buffer.from(piece))
      const facts: Partial<Node> = {
        ...(below === undefined ? {} : { type: "dir", mode: 0x800001ed, subtree: storeTree(below) }),
        ...(below === undefined && (more.type ?? "file") === "file"
          ? {
              content: blobs.map((blob) => storeBlob(BlobType.data, blob)),
              size: blobs.reduce((total, { length }) => total + length, 0)
            }
          : {}),
        ...more
      }
      return Tree.encodeNode({ ...node("", facts), name: Buffer.from(name) })
    })
    return storeBlob(BlobType.tree, Tree.joinTree(texts))
  }
  const tree = storeTree(nodes)
  writer.finish()
  for (const { bytes, id } of packs) yield* repository.savePack(id, bytes)
  const listed = packs.map(({ blobs, id }) => ({ id, blobs: [...BlobTable.packedBlobs(blobs)] }))
  yield* repository.save("index", IndexFile.encode(listed))
  return tree
})

export type Options = Partial<Omit<Restorer.RestoreOptions, "snapshot" | "tell" | "target">>

/** Restores a tree; gives the summary and what was reported as failed. */
export const restore = Effect.fnUntraced(function* (
  repository: Repository,
  tree: string,
  target: string,
  options: Options = {}
) {
  const { index } = yield* IndexLoader.load(repository)
  const tell = Told.make()
  const summary = yield* Restorer.restore(repository, BlobReader.make(repository, index), {
    ...options,
    snapshot: { id: "0".repeat(64), tree },
    target,
    tell
  })
  const failed = tell.of("Failed").map(({ failure }) => [failure.item!, failure.message] as const)
  return { summary, facts: tell.facts, failed, progress: tell.progress() }
})

/** A repository in a folder, with such a tree, and a place to restore to. */
export const make = Effect.fnUntraced(function* (nodes: ReadonlyArray<HandMade>, options: StoreOptions = {}) {
  const { repository, root } = yield* TestRepository.inFolder()
  const tree = yield* store(repository, nodes, options)
  const target = join(yield* TestRepository.folder, "target")
  return {
    repository,
    root,
    tree,
    target,
    restore: (more?: Options) => restore(repository, tree, target, more)
  }
})

/** Every path below a folder, with the text of files and the targets of links. */
export const listing = (root: string, below = ""): Record<string, string> => {
  const found: Record<string, string> = {}
  for (const entry of fs.readdirSync(join(root, below), { withFileTypes: true })) {
    const path = join(below, entry.name)
    if (entry.isDirectory()) {
      found[`${path}/`] = ""
      Object.assign(found, listing(root, path))
    } else if (entry.isSymbolicLink()) found[path] = `-> ${fs.readlinkSync(join(root, path))}`
    else found[path] = entry.isFile() ? fs.readFileSync(join(root, path), "utf8") : "special"
  }
  return found
}
