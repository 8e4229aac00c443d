/** Snapshots made of a table of files, and a reader that proves that a repository is whole. */

import * as assert from "node:assert/strict"
import { hash } from "node:crypto"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import * as BlobTable from "../../src/format/BlobTable.ts"
import * as BlobType from "../../src/format/BlobType.ts"
import type { Node } from "../../src/format/Node.ts"
import { entrySize, trailerSize } from "../../src/format/Pack.ts"
import { type FinishedPack, makePackWriter } from "../../src/format/PackWriter.ts"
import type { SnapshotContent } from "../../src/format/Snapshot.ts"
import * as Snapshot from "../../src/format/Snapshot.ts"
import * as Tree from "../../src/format/Tree.ts"
import type { Compression } from "../../src/format/Zstd.ts"
import * as Hex from "../../src/go/Hex.ts"
import * as BlobReader from "../../src/repository/BlobReader.ts"
import * as IndexFile from "../../src/repository/IndexFile.ts"
import * as IndexLoader from "../../src/repository/IndexLoader.ts"
import type { Repository } from "../../src/repository/Repository.ts"
import * as Snapshots from "../../src/repository/Snapshots.ts"

/** `a/b.txt` to the pieces it is cut into. */
export type Files = Readonly<Record<string, ReadonlyArray<string | Uint8Array>>>

export interface SampleOptions extends Partial<Omit<SnapshotContent, "tree">> {
  readonly packSize?: number
  readonly compression?: Compression
  /** Store blobs that are known as well, as a second machine would that backs up at the same time. */
  readonly stores?: "new" | "all"
  /** One index file for each pack, rather than for all. */
  readonly indexEach?: boolean
}

const time = "2024-02-29T12:34:56+01:00"

export const node = (name: string, more: Partial<Node>): Node => ({
  name: Buffer.from(name),
  type: "file",
  mode: 0o644,
  mtime: time,
  atime: time,
  ctime: time,
  uid: 0,
  gid: 0,
  user: "root",
  group: "root",
  inode: 0n,
  deviceId: 0n,
  size: 0,
  links: 1,
  linkTarget: "",
  extendedAttributes: [],
  device: 0n,
  content: null,
  subtree: undefined,
  error: "",
  ...more
})

const childrenOf = (files: Files): Map<string, Files> => {
  const children = new Map<string, Record<string, ReadonlyArray<string | Uint8Array>>>()
  for (const [path, pieces] of Object.entries(files)) {
    const slash = path.indexOf("/")
    if (slash < 0) continue
    const name = path.slice(0, slash)
    const inside = children.get(name) ?? {}
    inside[path.slice(slash + 1)] = pieces
    children.set(name, inside)
  }
  return children
}

/** Writes packs, an index and a snapshot; gives the snapshot's id. */
export const backup = Effect.fnUntraced(function* (repository: Repository, files: Files, options: SampleOptions = {}) {
  const { index } = yield* IndexLoader.load(repository)
  const packs: Array<FinishedPack> = []
  const writer = makePackWriter({
    box: repository.box,
    compression: options.compression ?? "auto",
    version: repository.config.version,
    targetSize: options.packSize ?? 2_000,
    openDataPacks: 1,
    onPack: (pack) => packs.push(pack)
  })
  const stored = new Set<string>()
  const store = (type: BlobType.BlobTypeNumber, bytes: Uint8Array): string => {
    const id = hash("sha256", bytes)
    const isKnown = options.stores !== "all" && index.findHex(type, id) >= 0
    if (!isKnown && !stored.has(`${type}${id}`)) writer.store(type, Hex.toBytes(id), bytes)
    stored.add(`${type}${id}`)
    return id
  }
  const storeTree = (inside: Files): string => {
    const nodes: Array<Node> = []
    for (const [name, children] of childrenOf(inside)) {
      nodes.push(node(name, { type: "dir", mode: 0x800001ed, links: 0, subtree: storeTree(children) }))
    }
    for (const [name, pieces] of Object.entries(inside)) {
      if (name.includes("/")) continue
      const bytes = pieces.map((piece) => Buffer.from(piece))
      const size = bytes.reduce((sum, piece) => sum + piece.length, 0)
      nodes.push(node(name, { size, content: bytes.map((piece) => store(BlobType.data, piece)) }))
    }
    nodes.sort((left, right) => Tree.compareNames(left.name, right.name))
    return store(BlobType.tree, Tree.joinTree(nodes.map(Tree.encodeNode)))
  }
  const tree = storeTree(files)
  writer.finish()
  for (const pack of packs) yield* repository.savePack(pack.id, pack.bytes)
  const listed = packs.map(({ blobs, id }) => ({ id, blobs: [...BlobTable.packedBlobs(blobs)] }))
  for (const group of options.indexEach === true ? listed.map((pack) => [pack]) : listed.length > 0 ? [listed] : []) {
    yield* repository.save("index", IndexFile.encode(group))
  }
  return yield* repository.save(
    "snapshots",
    Snapshot.encode({
      time,
      paths: ["/srv"],
      hostname: "sample",
      username: "root",
      uid: 0,
      gid: 0,
      excludes: [],
      tags: [],
      ...options,
      tree
    })
  )
})

export interface Whole {
  /** Snapshot to path to SHA-256 of the file's bytes. */
  readonly contents: ReadonlyMap<string, ReadonlyMap<string, string>>
  readonly packs: number
  readonly packBytes: number
  readonly indexes: number
  /** Packs that no index lists. */
  readonly strangers: number
  /** Bytes of packs that the snapshots do not need, duplicates too. */
  readonly unusedBytes: number
  readonly usedBytes: number
}

/** Reads everything anew and verified. Fails or throws when a snapshot needs something that is not there, or an index lies. */
export const readWhole = Effect.fnUntraced(function* (repository: Repository) {
  const { snapshots, unreadable } = yield* Snapshots.loadAll(repository)
  assert.deepEqual(unreadable, [])
  const { files, index } = yield* IndexLoader.load(repository)
  const reader = BlobReader.make(repository, index)
  const stored = new Map((yield* Stream.runCollect(repository.list("data"))).map(({ id, size }) => [id, size]))

  const sizes = new Float64Array(index.packCount).fill(trailerSize)
  for (let entry = 0; entry < index.size; entry++) {
    sizes[index.packOf(entry)]! += index.lengthOf(entry) + entrySize(index.uncompressedLengthOf(entry))
  }
  for (let pack = 0; pack < index.packCount; pack++) {
    assert.equal(stored.get(index.packId(pack)), sizes[pack], `size of the pack ${index.packId(pack)}`)
  }

  const used = new Set<string>()
  const read = Effect.fnUntraced(function* (type: BlobType.BlobType, id: string) {
    used.add(`${type} ${id}`)
    return yield* reader.blob(type, id)
  })
  const walk = (id: string, path: string, found: Map<string, string>): Effect.Effect<void, unknown> =>
    Effect.gen(function* () {
      for (const one of Tree.decode(yield* read("tree", id))) {
        const at = `${path}/${one.name}`
        if (one.subtree !== undefined) yield* walk(one.subtree, at, found)
        else {
          const pieces: Array<Buffer> = []
          for (const piece of one.content ?? []) pieces.push(yield* read("data", piece))
          found.set(at, hash("sha256", Buffer.concat(pieces)))
        }
      }
    })
  const contents = new Map<string, ReadonlyMap<string, string>>()
  for (const { id, tree } of snapshots) {
    const found = new Map<string, string>()
    yield* walk(tree, "", found)
    contents.set(id, found)
  }
  let usedBytes = 0
  let allBytes = 0
  const counted = new Set<string>()
  for (let entry = 0; entry < index.size; entry++) {
    const blob = `${BlobType.nameOf(index.typeOf(entry))} ${index.hexOf(entry)}`
    allBytes += index.lengthOf(entry)
    if (!used.has(blob) || counted.has(blob)) continue
    counted.add(blob)
    usedBytes += index.lengthOf(entry)
  }
  const whole: Whole = {
    contents,
    packs: stored.size,
    packBytes: [...stored.values()].reduce((sum, size) => sum + size, 0),
    indexes: files.length,
    strangers: [...stored.keys()].filter((id) => index.packNumber(id) < 0).length,
    unusedBytes: allBytes - usedBytes,
    usedBytes
  }
  return whole
})
