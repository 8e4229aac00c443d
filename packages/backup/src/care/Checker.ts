/**
 * Is everything there that the snapshots need, and is it what was written?
 *
 * Always: config, keys, locks, indexes and snapshots; the list of packs against
 * the index; every directory of every snapshot. On demand the packs, in full or
 * a part of them. Nothing is read from the cache of this machine unless that is asked for. The caller
 * holds an exclusive lock, or takes the risk of seeing work in progress.
 */
import type { StorageError } from "@ourclone/core/contract/StorageError"
import type { Progress } from "@ourclone/core/events/RunEvent"
import { silent, type Tell } from "@ourclone/core/events/Tell"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { tree } from "../format/BlobType.ts"
import * as RepositoryFile from "../format/RepositoryFile.ts"
import * as BlobReader from "../repository/BlobReader.ts"
import * as IndexLoader from "../repository/IndexLoader.ts"
import type { Repository } from "../repository/Repository.ts"
import type { RepositoryError } from "../repository/RepositoryError.ts"
import * as Snapshots from "../repository/Snapshots.ts"
import * as CheckData from "./CheckData.ts"
import * as CheckFiles from "./CheckFiles.ts"
import { checkPacks, type StoredPack, tableOf } from "./CheckPacks.ts"
import type { CheckResult, Severity } from "./CheckResult.ts"
import { type CheckSubset, select } from "./CheckSubset.ts"
import { checkTrees } from "./CheckTrees.ts"
import { NeededPacks } from "./NeededPacks.ts"

type E = StorageError | RepositoryError

export interface CheckOptions {
  /** Which packs are read and verified; none when absent. */
  readonly readData?: CheckSubset | undefined
  /** Index and folders are taken from this machine's copy where it has them; from the storage when absent. */
  readonly withCache?: boolean | undefined
}

/** Starts the threads of a `check` that will read data, so that they load while the repository is opened; they end with the scope. */
export const prepare = CheckData.prepare

/** Errors are told as `Failed`, hints as `Note`, one by one, as they are found. Fails only where the repository can not be reached. */
export const check = Effect.fnUntraced(function* (
  opened: Repository,
  options: CheckOptions,
  tell: Tell = silent
): Effect.fn.Return<CheckResult, E> {
  const repository = options.withCache === true ? opened : CheckFiles.withoutCache(opened)
  const broken = new Set<string>()
  const brokenUnneeded = new Set<string>()
  const counts = { error: 0, hint: 0 }
  /** Of the errors those that no snapshot suffers from. */
  let harmless = 0
  let suggestRepairIndex = false
  let suggestPrune = false

  const found = (severity: Severity, file: string, message: string): void => {
    counts[severity]++
    if (severity === "hint") tell.fact({ _tag: "Note", code: "hint", message, item: file })
    else tell.fact({ _tag: "Failed", failure: { code: "Damaged", message, item: file, isRetryable: false } })
  }

  yield* CheckFiles.checkFiles(repository, (file, message) => found("error", file, message))
  const { snapshots, unreadable } = yield* Snapshots.loadAll(repository)
  for (const { id, message } of unreadable) {
    const file = RepositoryFile.pathOf("snapshots", id)
    found("error", file, message.includes(id) ? message : `"${file}" is damaged: ${message}`)
  }
  const errorsOfFiles = counts.error
  const { files, index } = yield* IndexLoader.load(repository, {
    onUnreadable: (id, error) => {
      suggestRepairIndex = true
      found("error", RepositoryFile.pathOf("index", id), error.reason.message)
    }
  })

  const listed = yield* Stream.runCollect(repository.list("data"))
  const stored = listed.map(({ id, size }): StoredPack => ({ id, size, pack: index.packNumber(id) }))
  const listings = new Uint32Array(index.packCount)
  for (const { packs } of files) for (const pack of packs) listings[pack]!++
  const byPack = index.byPack()
  const needed = new NeededPacks(index)
  /**
   * Something is wrong with a pack. Where an index names it that is an error, also where no snapshot needs it: the next
   * backup takes what it names for stored. What is to be done about it is known once all trees are seen.
   */
  const wrong = (id: string, pack: number, message: string, mendsIndex: boolean): void =>
    needed.whenKnown(pack, (isNeeded) => {
      const file = RepositoryFile.pathOf("data", id)
      if (isNeeded) {
        broken.add(id)
        suggestRepairIndex ||= mendsIndex
        found("error", file, `"${file}" ${message}`)
      } else {
        brokenUnneeded.add(id)
        suggestPrune = true
        if (pack < 0) return found("hint", file, `"${file}" ${message}`)
        harmless++
        found("error", file, `"${file}" ${message}; no snapshot needs it, but the next backup may count on it`)
      }
    })
  for (const { id, message, pack, remedy, severity } of checkPacks(index, byPack, stored, listings)) {
    yield* tell.room
    if (severity === "error") wrong(id, pack, message, remedy === "repair")
    else {
      suggestPrune = true
      const file = RepositoryFile.pathOf("data", id)
      found("hint", file, `"${file}" ${message}`)
    }
  }

  // Trees and packs are checked at the same time; the total of trees is an upper limit until all are seen.
  const figures = { trees: 0, totalTrees: 0, packs: 0, totalPacks: 0, totalBytes: 0 }
  let bytesRead = 0
  const progress = (): Progress => ({
    _tag: "Progress",
    phase: "verifying",
    files: figures.trees + figures.packs,
    bytes: bytesRead,
    current: [],
    figures: { ...figures }
  })
  let treeBlobs = 0
  for (let entry = 0; entry < index.size; entry++) if (index.typeOf(entry) === tree) treeBlobs++
  let isWhole = unreadable.length === 0
  const walk = checkTrees(snapshots, {
    reader: BlobReader.make(repository, index),
    onNeeded: needed.add,
    onProblem: (severity, file, message) => {
      // What is below a tree that can not be read, nobody knows.
      if (severity === "error") isWhole = false
      found(severity, file, message)
    },
    onTree: (done) => {
      figures.trees = done
      tell.gauge(progress)
    },
    room: tell.room
  })
  figures.totalTrees = treeBlobs

  const chosen = options.readData === undefined ? [] : select(stored, options.readData)
  figures.totalPacks = chosen.length
  figures.totalBytes = chosen.reduce((sum, { size }) => sum + size, 0)
  const reading = CheckData.checkData(repository, {
    packs: chosen,
    indexed: ({ pack }) => (pack < 0 ? undefined : tableOf(index, byPack, pack)),
    onProblem: ({ id, pack }, message) => wrong(id, pack, `is damaged: ${message}`, false),
    onPack: ({ size }) => {
      figures.packs++
      bytesRead += size
      tell.gauge(progress)
    },
    room: tell.room
  })
  const walked = Effect.tap(walk, () => Effect.sync(() => needed.settle(isWhole)))
  const [, trees] = yield* Effect.all([Effect.scoped(reading), walked], { concurrency: 2 })

  const isLost = counts.error - harmless > errorsOfFiles
  return {
    errors: counts.error,
    hints: counts.hint,
    // What seems lost may be in packs that nothing seems to need.
    brokenPacks: isLost ? [...broken, ...brokenUnneeded] : [...broken],
    suggestRepairIndex: suggestRepairIndex || (isLost && stored.some(({ pack }) => pack < 0)),
    suggestRepairSnapshots: isLost,
    unreadableSnapshots: unreadable.map(({ id }) => id),
    suggestPrune,
    snapshots: snapshots.length,
    packs: stored.length,
    blobs: index.size,
    trees,
    packsRead: chosen.length,
    bytesRead: figures.totalBytes
  }
})
