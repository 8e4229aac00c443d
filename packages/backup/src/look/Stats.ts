/** How much is in some snapshots, counted in one of restic's four ways. */
import { createHash } from "node:crypto"
import type { StorageError } from "@ourclone/core/contract/StorageError"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { data } from "../format/BlobType.ts"
import { overhead } from "../format/Crypto.ts"
import type { Snapshot } from "../format/Snapshot.ts"
import { BitSet } from "../repository/BitSet.ts"
import type { BlobIndex } from "../repository/BlobIndex.ts"
import type { BlobReader } from "../repository/BlobReader.ts"
import * as NodeWalk from "../repository/NodeWalk.ts"
import type { Repository } from "../repository/Repository.ts"
import type { RepositoryError } from "../repository/RepositoryError.ts"
import * as TreeWalk from "../repository/TreeWalk.ts"

type E = StorageError | RepositoryError

/**
 * `restore-size`: what restoring all of them writes. `files-by-contents`: each content once, wherever it is.
 * `blobs-per-file`: each blob once for each path that has it. `raw-data`: stored bytes of the blobs they need.
 */
export type StatsMode = "restore-size" | "files-by-contents" | "blobs-per-file" | "raw-data"

/** Bytes as stored and before compression; of blobs that are compressed, and of all of them. */
export interface CompressionStats {
  readonly totalUncompressedSize: number
  /** Of the compressed blobs: how many times smaller they are. */
  readonly compressionRatio: number
  /** Percent of the bytes that are in compressed blobs. */
  readonly compressionProgress: number
  /** Percent of the bytes that compression spares. */
  readonly compressionSpaceSaving: number
}

export interface Stats {
  readonly snapshotsCount: number
  /** Bytes. */
  readonly totalSize: number
  readonly totalFileCount: number
  readonly totalBlobCount: number
  /** With `raw-data`, in repositories that know compression. */
  readonly compression: CompressionStats | undefined
}

/** Adds up; nothing of a node is kept but what tells it from others. */
interface Counter {
  readonly beginSnapshot: () => void
  readonly count: (walked: NodeWalk.WalkedNode) => void
  readonly totals: { size: number; files: number; blobs: number }
}

const restoreSize = (): Counter => {
  const totals = { size: 0, files: 0, blobs: 0 }
  let links = new Set<string>()
  return {
    totals,
    beginSnapshot: () => {
      links = new Set()
    },
    count: ({ node }) => {
      totals.files += 1
      if (node.links > 1 && node.inode !== 0n) {
        const inode = `${node.deviceId}/${node.inode}`
        if (links.has(inode)) return
        links.add(inode)
      }
      totals.size += node.size
    }
  }
}

/** 32 bytes that stand for a list of blobs, and a path when there is one. */
const digest = (ids: ReadonlyArray<string>, path: Uint8Array = new Uint8Array()): string =>
  createHash("sha256").update(ids.join("")).update(path).digest("binary")

const filesByContents = (): Counter => {
  const totals = { size: 0, files: 0, blobs: 0 }
  const known = new Set<string>()
  return {
    totals,
    beginSnapshot: () => {},
    count: ({ node }) => {
      const content = digest(node.content ?? [])
      if (known.has(content)) return
      known.add(content)
      totals.size += node.size
      totals.files += 1
    }
  }
}

const blobsPerFile = (index: BlobIndex): Counter => {
  const totals = { size: 0, files: 0, blobs: 0 }
  const contents = new Set<string>()
  const paths = new Set<string>()
  const references = new Set<string>()
  return {
    totals,
    beginSnapshot: () => {},
    count: ({ node, path }) => {
      const content = digest(node.content ?? [])
      if (contents.has(content)) return
      contents.add(content)
      for (const id of node.content ?? []) {
        const file = digest([], path)
        if (!paths.has(file)) totals.files += 1
        paths.add(file)
        const reference = digest([id], path)
        if (references.has(reference)) continue
        references.add(reference)
        const entry = index.findHex(data, id)
        totals.size += entry < 0 ? 0 : index.plainLengthOf(entry)
        totals.blobs += 1
      }
    }
  }
}

const counters = { "restore-size": restoreSize, "files-by-contents": filesByContents, "blobs-per-file": blobsPerFile }

const percent = (part: number, whole: number): number => (whole === 0 ? 0 : (part / whole) * 100)

const rawData = Effect.fnUntraced(function* (
  repository: Repository,
  reader: BlobReader,
  snapshots: ReadonlyArray<Snapshot>
): Effect.fn.Return<Stats, E> {
  const { index } = reader
  const stored = { all: 0, compressed: 0 }
  const plain = { all: 0, compressed: 0 }
  let blobs = 0
  const onBlob = (entry: number): void => {
    const length = index.lengthOf(entry)
    const plainLength = index.plainLengthOf(entry) + overhead
    blobs += 1
    stored.all += length
    plain.all += plainLength
    if (index.uncompressedLengthOf(entry) === 0) return
    stored.compressed += length
    plain.compressed += plainLength
  }
  const roots = snapshots.map(({ tree }) => tree)
  yield* TreeWalk.walk(roots, { name: repository.name, reader, seen: new BitSet(index.size), onBlob })
  return {
    snapshotsCount: snapshots.length,
    totalSize: stored.all,
    totalFileCount: 0,
    totalBlobCount: blobs,
    compression:
      repository.config.version === 1
        ? undefined
        : {
            totalUncompressedSize: plain.all,
            compressionRatio: stored.compressed === 0 ? 0 : plain.compressed / stored.compressed,
            compressionProgress: percent(plain.compressed, plain.all),
            compressionSpaceSaving: percent(plain.all - stored.all, plain.all)
          }
  }
})

export const of = Effect.fnUntraced(function* (
  repository: Repository,
  reader: BlobReader,
  snapshots: ReadonlyArray<Snapshot>,
  mode: StatsMode
): Effect.fn.Return<Stats, E> {
  if (mode === "raw-data") return yield* rawData(repository, reader, snapshots)
  const counter = counters[mode](reader.index)
  for (const snapshot of snapshots) {
    counter.beginSnapshot()
    yield* Stream.runForEach(NodeWalk.stream(reader, { tree: snapshot.tree }), (walked) =>
      Effect.sync(() => counter.count(walked))
    )
  }
  return {
    snapshotsCount: snapshots.length,
    totalSize: counter.totals.size,
    totalFileCount: counter.totals.files,
    totalBlobCount: counter.totals.blobs,
    compression: undefined
  }
})
