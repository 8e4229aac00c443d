/**
 * Copies snapshots to another repository.
 *
 * Trees are copied as the bytes they are, and only blobs that the other one does
 * not have are read. Snapshots follow in batches, each after all it needs, so a
 * copy that was cut off goes on where it was. The caller holds a lock on both.
 */
import type { StorageError } from "@ourclone/core/contract/StorageError"
import { silent, type Tell } from "@ourclone/core/events/Tell"
import * as Effect from "effect/Effect"
import { defaultPackSize } from "../format/PackSize.ts"
import type { Snapshot, SnapshotContent } from "../format/Snapshot.ts"
import * as GoTime from "../go/GoTime.ts"
import { BitSet } from "../repository/BitSet.ts"
import * as BlobReader from "../repository/BlobReader.ts"
import * as IndexLoader from "../repository/IndexLoader.ts"
import * as NewPacks from "../repository/NewPacks.ts"
import type { Repository } from "../repository/Repository.ts"
import { Refused, RepositoryError } from "../repository/RepositoryError.ts"
import { remedy } from "../repository/RepositoryRemedies.ts"
import * as SnapshotReplacement from "../repository/SnapshotReplacement.ts"
import * as Snapshots from "../repository/Snapshots.ts"
import { sortByOffset } from "../repository/sortByOffset.ts"
import * as TreeWalk from "../repository/TreeWalk.ts"
import * as Repack from "./Repack.ts"

type E = StorageError | RepositoryError

const packsAtOnce = 6
/** Snapshots are stored when so many packs full of blobs are copied. */
const packsInBatch = 100

export interface CopyOptions {
  /** Those to copy; all of the source when absent. */
  readonly snapshots?: ReadonlyArray<Snapshot> | undefined
  readonly packSize?: number | undefined
  readonly threads?: number | undefined
}

export interface CopySummary {
  readonly copied: number
  readonly skipped: number
  readonly blobs: number
  readonly newPacks: number
  readonly newBytes: number
  /**
   * Whether both cut files at the same places. Where they do not, a backup to the
   * copy stores everything anew; only a repository made with the polynomial of the first avoids that.
   */
  readonly hasSamePolynomial: boolean
}

const sameList = (left: ReadonlyArray<string>, right: ReadonlyArray<string>): boolean =>
  left.length === right.length && left.every((one, at) => one === right[at])

const sameSet = (left: ReadonlyArray<string>, right: ReadonlyArray<string>): boolean =>
  sameList([...left].sort(), [...right].sort())

/** Everything but `parent` and `original`, which a copy changes. */
const isAlike = (left: Snapshot, right: Snapshot): boolean =>
  GoTime.isSame(left.time, right.time) &&
  left.tree === right.tree &&
  left.hostname === right.hostname &&
  left.username === right.username &&
  left.uid === right.uid &&
  left.gid === right.gid &&
  sameSet(left.paths, right.paths) &&
  sameSet(left.tags, right.tags) &&
  sameList(left.excludes, right.excludes)

/** Tells of each snapshot, with the id of its copy. Fails with `Refused` when both are the same repository, and with `Damaged` when a blob can not be read. */
export const copy = Effect.fnUntraced(function* (
  source: Repository,
  destination: Repository,
  options: CopyOptions = {},
  tell: Tell = silent
): Effect.fn.Return<CopySummary, E> {
  if (source.config.id === destination.config.id) {
    const message = "both are the same repository: name another one to copy to"
    const reason = new Refused({ message, remedy: remedy("makeOtherRepository") })
    return yield* Effect.fail(new RepositoryError({ repository: destination.name, reason }))
  }
  const chosen = options.snapshots ?? (yield* Snapshots.loadAll(source)).snapshots
  const { snapshots: existing } = yield* Snapshots.loadAll(destination)
  const { index } = yield* IndexLoader.load(source)
  const { index: there } = yield* IndexLoader.load(destination)
  const reader = BlobReader.make(source, index)
  const seen = new BitSet(index.size)
  const newPacks = yield* NewPacks.make(destination)
  const packSize = options.packSize ?? defaultPackSize

  const copyOf = (snapshot: Snapshot): Snapshot | undefined => {
    const origin = snapshot.original ?? snapshot.id
    return existing.find((one) => (one.id === origin || one.original === origin) && isAlike(one, snapshot))
  }

  const id = Buffer.alloc(32)
  const isThere = (entry: number): boolean => {
    index.copyId(entry, id, 0)
    return there.find(index.typeOf(entry), id, 0) !== -1
  }

  let blobs = 0
  const copyBlobs = Effect.fnUntraced(function* (
    repack: Repack.Repack,
    entries: ReadonlyArray<number>
  ): Effect.fn.Return<void, E> {
    const byPack = new Map<number, Array<number>>()
    for (const entry of entries) {
      const pack = index.packOf(entry)
      const known = byPack.get(pack)
      if (known === undefined) byPack.set(pack, [entry])
      else known.push(entry)
    }
    const copyPack = (inPack: Array<number>) => {
      const sorted = Uint32Array.from(inPack)
      sortByOffset(sorted, (entry) => index.offsetOf(entry))
      return Effect.andThen(tell.room, repack.copy(sorted))
    }
    yield* Effect.forEach(byPack.values(), copyPack, { concurrency: packsAtOnce, discard: true })
    yield* repack.finish
    yield* newPacks.flush
    blobs += entries.length
  })

  const saveCopy = Effect.fnUntraced(function* (snapshot: Snapshot): Effect.fn.Return<void, E> {
    const { id: from, parent: _, ...content } = snapshot
    const original: SnapshotContent = { ...content, original: content.original ?? from }
    const copyId = yield* SnapshotReplacement.save(destination, original)
    tell.fact({ _tag: "Done", deed: "copied", item: from, values: { copy: copyId } })
  })

  let copied = 0
  let skipped = 0
  let planned = 0
  let read = 0
  const progress = () => ({ _tag: "Progress", phase: "transferring", files: copied, bytes: read, current: [] }) as const
  const work = Effect.gen(function* () {
    const onRead = (bytes: number) => {
      read += bytes
      tell.gauge(progress)
    }
    const { threads } = options
    const repack = yield* Repack.make({
      from: source,
      index,
      to: destination,
      newPacks,
      packSize,
      threads,
      reader,
      onRead
    })
    let batch: Array<Snapshot> = []
    let entries: Array<number> = []
    let bytes = 0
    const finishBatch = Effect.suspend(() => {
      const [snapshots, wanted] = [batch, entries]
      planned += bytes
      tell.fact({ _tag: "Planned", files: chosen.length, bytes: planned, removals: 0, isFinal: false })
      batch = []
      entries = []
      bytes = 0
      copied += snapshots.length
      return Effect.andThen(copyBlobs(repack, wanted), Effect.forEach(snapshots, saveCopy, { discard: true }))
    })
    for (const snapshot of chosen) {
      yield* tell.room
      const known = copyOf(snapshot)
      if (known !== undefined) {
        skipped++
        const values = { copy: known.id }
        tell.fact({ _tag: "Skipped", item: snapshot.id, because: "it is there already", values })
        continue
      }
      const onBlob = (entry: number) => {
        if (isThere(entry)) return
        entries.push(entry)
        bytes += index.lengthOf(entry)
      }
      yield* TreeWalk.walk([snapshot.tree], { name: source.name, reader, seen, onBlob, room: tell.room })
      batch.push(snapshot)
      if (bytes >= packsInBatch * packSize) yield* finishBatch
    }
    if (batch.length > 0) yield* finishBatch
  })
  yield* Effect.scoped(work)
  return {
    copied,
    skipped,
    blobs,
    newPacks: newPacks.stored.length,
    newBytes: newPacks.stored.reduce((sum, { size }) => sum + size, 0),
    hasSamePolynomial: source.config.polynomial === destination.config.polynomial
  }
})
