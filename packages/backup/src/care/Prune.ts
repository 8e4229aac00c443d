/**
 * Removes what no snapshot needs.
 *
 * In this order, each step durable before the next, so that whoever is cut off
 * at any point leaves a repository that is whole: packs that no index lists go,
 * new packs come, new index files come, index files that list old packs go, old
 * packs go. The caller holds the exclusive lock (`RepositoryLock.withLock`) from
 * before `prepare` until after `execute`, and interrupts it when the lock is lost.
 */
import type { StorageError } from "@ourclone/core/contract/StorageError"
import type { Phase } from "@ourclone/core/events/RunEvent"
import { silent, type Tell } from "@ourclone/core/events/Tell"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import * as BlobTable from "../format/BlobTable.ts"
import { defaultPackSize } from "../format/PackSize.ts"
import { pathOf, type RepositoryFile } from "../format/RepositoryFile.ts"
import { BitSet } from "../repository/BitSet.ts"
import * as BlobReader from "../repository/BlobReader.ts"
import * as IndexLoader from "../repository/IndexLoader.ts"
import * as IndexRewrite from "../repository/IndexRewrite.ts"
import { ensureHeld } from "../repository/LockCheck.ts"
import * as NewPacks from "../repository/NewPacks.ts"
import { notRemoved } from "../repository/RemovalFailure.ts"
import type { Repository } from "../repository/Repository.ts"
import { Damaged, LocalFailure, Missing, type Reason, RepositoryError } from "../repository/RepositoryError.ts"
import { remedy } from "../repository/RepositoryRemedies.ts"
import * as Used from "../repository/Used.ts"
import * as PackUsage from "./PackUsage.ts"
import * as PrunePlan from "./PrunePlan.ts"
import type { PruneSummary } from "./PruneSummary.ts"
import * as Repack from "./Repack.ts"

type E = StorageError | RepositoryError

/** What a prune is busy with, as steps are told; their `total` is in packs, index files or snapshots. */
type PruneStep = "findUsed" | "removeUnindexed" | "repack" | "writeIndex" | "removeOld"

const phases: { readonly [step in PruneStep]: Phase } = {
  findUsed: "listing",
  removeUnindexed: "deleting",
  repack: "transferring",
  writeIndex: "finishing",
  removeOld: "deleting"
}

/** Tells that a step begins; what it gives is to be called after each item of it. */
const begin = (tell: Tell, step: PruneStep, total: number): (() => void) => {
  let count = 0
  const progress = () => ({ _tag: "Progress", phase: phases[step], files: count, bytes: 0, current: [] }) as const
  tell.fact({ _tag: "Step", name: step, values: { total } })
  tell.gauge(progress)
  return () => {
    count++
    tell.gauge(progress)
  }
}

const removalsAtOnce = 8
const packsAtOnce = 6

export interface RunOptions extends PrunePlan.PruneOptions {
  readonly packSize?: number | undefined
  readonly threads?: number | undefined
  /** See `NewPacks`. */
  readonly indexEvery?: number | undefined
}

/** A plan with what it was made from; good for one `execute`, under the same lock. */
export interface PreparedPrune {
  readonly plan: PrunePlan.PrunePlan
  readonly loaded: IndexLoader.LoadedIndex
}

const refuse = (repository: Repository, reason: Reason) =>
  Effect.fail(new RepositoryError({ repository: repository.name, reason }))

const listPacks = (repository: Repository): Effect.Effect<Map<string, RepositoryFile>, E> =>
  Effect.map(Stream.runCollect(repository.list("data")), (files) => new Map(files.map((file) => [file.id, file])))

const refuseUnsafe = (repository: Repository, unsafe: ReadonlyArray<PackUsage.PackUse>) => {
  const gone = unsafe.find((use) => use.file === undefined)
  if (gone !== undefined) {
    const file = pathOf("data", gone.id)
    const message = `"${file}" is not there, though snapshots need it; nothing was removed`
    return refuse(repository, new Missing({ message, file, remedy: remedy("repairIndexThenSnapshots") }))
  }
  const [wrong] = unsafe
  const file = pathOf("data", wrong!.id)
  const message = `"${file}" has ${wrong!.file!.size} bytes, but ${wrong!.size} by the index; nothing was removed`
  return refuse(repository, new Damaged({ message, file, remedy: remedy("repairIndex") }))
}

/**
 * Decides what to do; changes nothing. Fails with `Damaged` or `Missing` when a
 * snapshot, or anything that one needs, can not be read.
 */
export const prepare = Effect.fnUntraced(function* (
  repository: Repository,
  options: RunOptions,
  tell: Tell = silent
): Effect.fn.Return<PreparedPrune, E> {
  // Snapshots first: one that comes later may need what the index does not list yet.
  const trees = yield* Used.roots(repository)
  const loaded = yield* IndexLoader.load(repository)
  const { index } = loaded
  const reader = BlobReader.make(repository, index)
  begin(tell, "findUsed", trees.length)
  const used = yield* Used.find(repository.name, reader, trees, tell.room)
  const files = yield* listPacks(repository)
  const usage = PackUsage.measure(index, used, files)
  if (usage.unsafe.length > 0) return yield* refuseUnsafe(repository, usage.unsafe)
  const now = yield* Clock.currentTimeMillis
  const plan = PrunePlan.make({ index, usage, files, version: repository.config.version, now, options })
  return { plan, loaded }
})

interface Removed {
  readonly packs: number
  readonly bytes: number
}

/** Removes packs at once; what can not be removed is told and stays. */
const removePacks = Effect.fnUntraced(function* (
  repository: Repository,
  step: PruneStep,
  packs: ReadonlyArray<NewPacks.NewPack>,
  tell: Tell
): Effect.fn.Return<Removed, E> {
  const removed = { packs: 0, bytes: 0 }
  if (packs.length === 0) return removed
  yield* ensureHeld
  const advance = begin(tell, step, packs.length)
  const remove = ({ id, size }: NewPacks.NewPack) =>
    Effect.match(Effect.andThen(tell.room, repository.remove("data", id)), {
      // The next prune takes care of it.
      onFailure: (error) => tell.fact(notRemoved(pathOf("data", id), error)),
      onSuccess: () => {
        removed.bytes += size
        removed.packs++
        advance()
      }
    })
  yield* Effect.forEach(packs, remove, { concurrency: removalsAtOnce, discard: true })
  return removed
})

/** Every blob that is to be copied must be in a pack that was stored, and every such pack must lie there whole. */
const verify = Effect.fnUntraced(function* (
  repository: Repository,
  missing: number,
  stored: ReadonlyArray<NewPacks.NewPack>
): Effect.fn.Return<void, E> {
  const files = yield* listPacks(repository)
  const bad = stored.find(({ id, size }) => files.get(id)?.size !== size)
  if (missing === 0 && bad === undefined) return
  const what =
    bad === undefined
      ? `${missing} blobs were not copied`
      : `the new pack "${pathOf("data", bad.id)}" is not listed with its size`
  const message = `${what}; nothing old was removed. Run prune again, and if this stays, report it`
  return yield* refuse(repository, new LocalFailure({ message, code: "" }))
})

const repack = Effect.fnUntraced(function* (
  repository: Repository,
  { loaded, plan }: PreparedPrune,
  options: RunOptions,
  tell: Tell
): Effect.fn.Return<{ readonly newPacks: NewPacks.NewPacks; readonly downloaded: number }, E> {
  const { index } = loaded
  const left = new BitSet(index.size)
  const wanted = plan.repack.map((use) => use.pack)
  const byPack = index.byPack()
  const toCopy = (pack: number): ReadonlyArray<number> => {
    const of = byPack.entries.subarray(byPack.starts[pack]!, byPack.starts[pack + 1]!)
    return Array.from(of.filter((entry) => plan.copy.has(entry)))
  }
  for (const pack of wanted) for (const entry of toCopy(pack)) left.add(entry)

  const newPacks = yield* NewPacks.make(repository, {
    indexEvery: options.indexEvery,
    onStored: ({ blobs }) => {
      for (const row of BlobTable.rows(blobs)) {
        for (let entry = index.find(row.type, blobs.bytes, row.at); entry !== -1; entry = index.next(entry))
          left.delete(entry)
      }
    }
  })
  if (plan.copy.count === 0) return { newPacks, downloaded: 0 }
  const advance = begin(tell, "repack", wanted.length)
  let downloaded = 0
  const work = Effect.gen(function* () {
    const repacking = yield* Repack.make({
      from: repository,
      to: repository,
      index,
      reader: BlobReader.make(repository, index),
      newPacks,
      packSize: options.packSize ?? defaultPackSize,
      threads: options.threads,
      marksTried: options.repackUncompressed,
      onRead: (bytes) => (downloaded += bytes)
    })
    const copyPack = (pack: number) =>
      Effect.andThen(
        tell.room,
        Effect.suspend(() => Effect.map(repacking.copy(toCopy(pack)), advance))
      )
    yield* Effect.forEach(wanted, copyPack, { concurrency: packsAtOnce, discard: true })
    yield* repacking.finish
  })
  yield* Effect.scoped(work)
  yield* verify(repository, left.count, newPacks.stored)
  return { newPacks, downloaded }
})

/** Does what the plan says. Cut off anywhere, and run again, it goes on from there. */
export const execute = Effect.fnUntraced(function* (
  repository: Repository,
  prepared: PreparedPrune,
  options: RunOptions,
  tell: Tell = silent
): Effect.fn.Return<PruneSummary, E> {
  const { loaded, plan } = prepared
  const unindexed = yield* removePacks(repository, "removeUnindexed", plan.unindexed, tell)
  const { downloaded, newPacks } = yield* repack(repository, prepared, options, tell)

  const old = [...plan.repack, ...plan.remove]
  const gone = new BitSet(loaded.index.packCount)
  for (const use of [...old, ...plan.forget]) gone.add(use.pack)
  const { obsolete, packs } = IndexRewrite.change(loaded.index, loaded.files, gone)
  begin(tell, "writeIndex", obsolete.length)
  const indexes = yield* IndexRewrite.write(repository, [
    ...newPacks.take(),
    ...(packs.length === 0 ? [] : IndexRewrite.indexedPacks(loaded.index, packs))
  ])
  yield* IndexRewrite.removeObsolete(repository, obsolete)
  const oldFiles = old.flatMap(({ file }) => (file === undefined ? [] : [file]))
  const removed = yield* removePacks(repository, "removeOld", oldFiles, tell)
  return {
    newPacks: newPacks.stored.length,
    newBytes: newPacks.stored.reduce((sum, { size }) => sum + size, 0),
    removedPacks: unindexed.packs + removed.packs,
    removedBytes: unindexed.bytes + removed.bytes,
    downloaded,
    newIndexes: indexes.length,
    removedIndexes: obsolete.length,
    left: plan.unindexed.length - unindexed.packs + oldFiles.length - removed.packs
  }
})

/** `prepare` and `execute`; what a person sees in between, and may stop at, is for the caller. */
export const prune = Effect.fnUntraced(function* (
  repository: Repository,
  options: RunOptions,
  tell: Tell = silent
): Effect.fn.Return<PruneSummary, E> {
  return yield* execute(repository, yield* prepare(repository, options, tell), options, tell)
})
