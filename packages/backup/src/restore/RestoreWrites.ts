/** The middle of a restore: reads the ranges of packs and has the threads write what is in them. */
import type { StorageError } from "@ourclone/core/contract/StorageError"
import * as Effect from "effect/Effect"
import * as Semaphore from "effect/Semaphore"
import type { RepositoryError } from "../repository/RepositoryError.ts"
import * as Entries from "./RestoreEntries.ts"
import { type RecordOptions, writeRecord } from "./RestoreMessages.ts"
import { type Batch, batches, batchTable, countBatches, longestRange, orderBlobs } from "./RestorePlan.ts"
import { ask, type RestoreParts, temporaryOf } from "./RestoreRun.ts"
import { examineEntries } from "./RestoreSteps.ts"
import { RestoreTableWriter } from "./RestoreTable.ts"
import { stopsAll } from "./RestoreWalk.ts"

type E = StorageError | RepositoryError

/** Ranges read at once: enough to fill a line with a long way to the service; a disk of this machine needs no more than keep the threads busy. */
const concurrency = 8
const localConcurrency = 4
const mebibyte = 1024 * 1024
/** Bytes of packs in memory, in mebibytes. */
const budget = 64

/** Files that take more than one batch are written under temporary names; one that an earlier run began is continued. */
const preparePartials = (parts: RestoreParts, counts: Uint32Array): Effect.Effect<void, E> => {
  const { entries, run } = parts
  const several: Array<number> = []
  for (let entry = 0; entry < entries.count; entry++) {
    const means = entries.means.get(entry)
    if (counts[entry]! < 2 || (means !== Entries.create && means !== Entries.replace)) continue
    if (means === Entries.replace) run.replaces.add(entry)
    entries.means.set(entry, Entries.partial)
    several.push(entry)
  }
  return examineEntries(parts, several)
}

const settle = (parts: RestoreParts, files: ReadonlyArray<number>): Effect.Effect<void, E> => {
  if (files.length === 0) return Effect.void
  const { entries, run } = parts
  const table = new RestoreTableWriter()
  for (const entry of files) {
    const needsTemporary = entries.means.get(entry) === Entries.partial || entries.means.get(entry) === Entries.replace
    writeRecord(table, entries, entry, needsTemporary ? { temporary: temporaryOf(parts, entry) } : {})
  }
  const bytes = table.finish()
  return Effect.map(
    ask(parts, { _tag: "Settle", table: bytes, inheritsAttributes: parts.walked.inheritsAttributes }, [bytes.buffer]),
    () => {
      for (const entry of files) {
        if (entries.hasFailed.get(entry) === 1) continue
        if (entries.means.get(entry) === Entries.keep) run.skipped(entry)
        else run.restored(entry)
      }
      run.progress()
    }
  )
}

const settledAtOnce = 256

/** Files that need no blob: empty ones, and those that are right already. */
const settleReady = (parts: RestoreParts, counts: Uint32Array): Effect.Effect<void, E> => {
  const { entries, run } = parts
  const groups: Array<Array<number>> = [[]]
  for (let entry = 0; entry < entries.count; entry++) {
    if (entries.kind.get(entry) !== Entries.file || entries.hasFailed.get(entry) === 1 || counts[entry] !== 0) continue
    if (entries.isDone.get(entry) === 1) continue
    if (groups.at(-1)!.length >= settledAtOnce) groups.push([])
    groups.at(-1)!.push(entry)
  }
  run.progress()
  return Effect.forEach(groups, (group) => settle(parts, group), { concurrency: 4, discard: true })
}

export const write = Effect.fnUntraced(function* (parts: RestoreParts): Effect.fn.Return<void, E> {
  const { entries, index, repository, run, walked } = parts
  const firstOrder = orderBlobs(entries, index)
  yield* preparePartials(parts, countBatches(batches(firstOrder, entries, index), firstOrder, entries))
  const order = orderBlobs(entries, index)
  const counts = countBatches(batches(order, entries, index), order, entries)
  yield* settleReady(parts, counts)

  const needsTemporary = (means: number): boolean =>
    means === Entries.create ? parts.keepsFound : means !== Entries.patch

  const optionsOf = (entry: number): RecordOptions => {
    const means = entries.means.get(entry)
    const isWhole = means === Entries.create || means === Entries.replace
    return {
      isWhole,
      isEmpty: isWhole || (means === Entries.partial && !walked.begun.has(entry)),
      temporary: needsTemporary(means) ? temporaryOf(parts, entry) : undefined
    }
  }

  /** Shared with the threads and used again: moved buffers would be garbage of 8 MiB each. */
  const rooms: Array<SharedArrayBuffer> = []

  /** Pieces that the pack does not give are asked for one by one, in case they lie elsewhere too. */
  const readBatch = (batch: Batch, room: SharedArrayBuffer | undefined): Effect.Effect<Uint8Array, E> =>
    Effect.catch(repository.readRaw("data", index.packId(batch.pack), batch, room && new Uint8Array(room)), (error) =>
      stopsAll(error) ? Effect.fail(error) : Effect.succeed(new Uint8Array(0))
    )

  const finished = (files: ReadonlyArray<number>): Array<number> => {
    const complete: Array<number> = []
    for (const entry of files) {
      if (entries.hasFailed.get(entry) === 1) continue
      const means = entries.means.get(entry)
      if (means === Entries.create || means === Entries.replace) run.restored(entry)
      else if (--counts[entry]! === 0) complete.push(entry)
    }
    return complete
  }

  const writeBatch = Effect.fnUntraced(function* (batch: Batch): Effect.fn.Return<void, E> {
    const made = batchTable(batch, order, entries, index, optionsOf)
    if (made === undefined) return
    const isUsual = batch.length <= longestRange
    const room = isUsual ? (rooms.pop() ?? new SharedArrayBuffer(longestRange)) : undefined
    const bytes = yield* readBatch(batch, room)
    const reply = yield* ask(
      parts,
      { _tag: "Write", table: made.table, bytes, inheritsAttributes: walked.inheritsAttributes },
      [made.table.buffer]
    )
    if (room !== undefined) rooms.push(room)
    run.bytesRestored += reply.bytes
    const complete = finished(made.entries)
    run.progress()
    yield* settle(parts, complete)
  })

  const memory = yield* Semaphore.make(budget)
  const permits = (batch: Batch): number => Math.min(budget, Math.ceil(batch.length / mebibyte))
  yield* Effect.forEach(
    batches(order, entries, index),
    (batch) => Semaphore.withPermits(memory, permits(batch))(writeBatch(batch)),
    { concurrency: repository.provider.capabilities.isLocal ? localConcurrency : concurrency, discard: true }
  )
})
