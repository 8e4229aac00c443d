/** The steps of a restore around the writing of content. */

import type { StorageError } from "@ourclone/core/contract/StorageError"
import * as Posix from "@ourclone/system/Posix"
import * as Effect from "effect/Effect"
import type { Selection } from "../choose/Selection.ts"
import type { RepositoryError } from "../repository/RepositoryError.ts"
import { besideName } from "./BesideName.ts"
import type { IsOwn } from "./OwnRepository.ts"
import * as Entries from "./RestoreEntries.ts"
import { writeRecord } from "./RestoreMessages.ts"
import { batches, orderBlobs, writePieces } from "./RestorePlan.ts"
import { ask, type RestoreParts, temporaryOf } from "./RestoreRun.ts"
import * as Surplus from "./RestoreSurplus.ts"
import { RestoreTableWriter } from "./RestoreTable.ts"
import { look } from "./RestoreTarget.ts"

type E = StorageError | RepositoryError

const threadsBusy = 4
const entriesAtOnce = 128
/** Content that one request has a thread read. */
const bytesAtOnce = 64 * 1024 * 1024

function* groupsOf(entries: Entries.RestoreEntries, chosen: Iterable<number>): Generator<ReadonlyArray<number>> {
  let group: Array<number> = []
  let bytes = 0
  for (const entry of chosen) {
    group.push(entry)
    bytes += entries.size.get(entry)
    if (group.length < entriesAtOnce && bytes < bytesAtOnce) continue
    yield group
    group = []
    bytes = 0
  }
  if (group.length > 0) yield group
}

/** Finds out how each entry, whose name is taken or which is a partial file, gets its content. */
export const examineEntries = (parts: RestoreParts, chosen: ReadonlyArray<number>): Effect.Effect<void, E> => {
  const { entries, index, run, walked } = parts
  const examineGroup = (group: ReadonlyArray<number>) => {
    const table = new RestoreTableWriter()
    for (const entry of group) {
      writeRecord(table, entries, entry, { temporary: temporaryOf(parts, entry) })
      writePieces(table, entries, entry, index)
    }
    const bytes = table.finish()
    return Effect.map(ask(parts, { _tag: "Examine", table: bytes }, [bytes.buffer]), (reply) => {
      let at = 0
      for (const [number, entry] of group.entries()) {
        const means = reply.means[number]! as Entries.EntryMeans
        const first = entries.firstBlob.get(entry)
        const isNewPartial = entries.means.get(entry) !== Entries.partial && means === Entries.partial
        if (isNewPartial) run.replaces.add(entry)
        entries.means.set(entry, means)
        for (let blob = first; blob < first + entries.blobs.get(entry); blob++) {
          const isPresent = reply.present[at++]!
          entries.isPresent.set(blob, isPresent)
          if (isPresent === 0) continue
          if (means === Entries.partial) walked.begun.add(entry)
          if (means !== Entries.keep && means !== Entries.skip)
            run.bytesSkipped += index.plainLengthOf(entries.blob.get(blob))
        }
        if (entries.hasFailed.get(entry) === 1) continue
        if (means === Entries.partial) run.partials.set(entry, temporaryOf(parts, entry))
        if (means === Entries.skip) run.skipped(entry)
      }
    })
  }
  return Effect.forEach(groupsOf(entries, chosen), examineGroup, { concurrency: threadsBusy, discard: true })
}

/** A file whose first name is kept as it is gets its content under its next name. */
const promote = ({ entries, walked }: RestoreParts): ReadonlyArray<number> => {
  const heirs = new Map<number, number>()
  for (const [entry, first] of walked.firstNames) {
    if (entries.means.get(first) !== Entries.skip || entries.hasFailed.get(first) === 1) continue
    if (entries.isDone.get(entry) === 1 || entries.hasFailed.get(entry) === 1) continue
    const heir = heirs.get(first)
    if (heir !== undefined) {
      walked.firstNames.set(entry, heir)
      continue
    }
    heirs.set(first, entry)
    walked.firstNames.delete(entry)
    entries.kind.set(entry, Entries.file)
    entries.copyBlobs(first, entry)
  }
  const taken = new Set(walked.taken)
  return [...heirs.values()].filter((entry) => taken.has(entry))
}

const mostNames = 1000

/** Gives what is to be beside something of its name the next name; says which names are to be looked at. */
const setBeside = (parts: RestoreParts, among: ReadonlyArray<number>, number: number): ReadonlyArray<number> => {
  const { entries, run, snapshotId } = parts
  const moved: Array<number> = []
  for (const entry of among) {
    if (entries.means.get(entry) !== Entries.beside || entries.hasFailed.get(entry) === 1) continue
    entries.means.set(entry, Entries.create)
    if (number > mostNames) run.fail(entry, `${mostNames} others of its name are there already`)
    else {
      entries.rename(entry, besideName(entries.namedInSnapshot(entry), snapshotId, number))
      moved.push(entry)
    }
  }
  return moved
}

export const examine = Effect.fnUntraced(function* (parts: RestoreParts): Effect.fn.Return<void, E> {
  const { entries, walked } = parts
  yield* examineEntries(
    parts,
    walked.taken.filter((entry) => entries.hasFailed.get(entry) === 0)
  )
  for (let again = promote(parts); again.length > 0; again = promote(parts)) yield* examineEntries(parts, again)
  for (let number = 1, again = setBeside(parts, walked.taken, 1); again.length > 0; ) {
    yield* examineEntries(parts, again)
    again = setBeside(parts, again, ++number)
  }
})

/** What reading the ranges of packs would come to. */
const fetchedBy = (entries: Entries.RestoreEntries, index: RestoreParts["index"]) => {
  const fetched = { bytes: 0, reads: 0 }
  for (const { length } of batches(orderBlobs(entries, index), entries, index)) {
    fetched.bytes += length
    fetched.reads++
  }
  return fetched
}

/** Counts and tells what would be done. */
export const pretend = Effect.fnUntraced(function* ({ entries, index, run }: RestoreParts): Effect.fn.Return<void> {
  run.fetched = fetchedBy(entries, index)
  for (let entry = 0; entry < entries.count; entry++) {
    if (entry % entriesAtOnce === 0) yield* run.room
    if (entries.hasFailed.get(entry) === 1 || entries.isDone.get(entry) === 1) continue
    const means = entries.means.get(entry)
    if (means === Entries.skip) continue
    if (means === Entries.keep) {
      run.skipped(entry)
      continue
    }
    run.restored(entry)
    const first = entries.firstBlob.get(entry)
    run.bytesRestored += entries.size.get(entry)
    if (entries.blobs.get(entry) > 0 && means === Entries.partial)
      run.bytesRestored -= presentBytes(entries, first, entries.blobs.get(entry))
  }
  run.progress()
})

const presentBytes = (entries: Entries.RestoreEntries, first: number, count: number): number => {
  let total = 0
  for (let at = first; at < first + count; at++) {
    if (entries.isPresent.get(at) === 0) continue
    const end = at + 1 < first + count ? entries.position.get(at + 1) : entries.size.get(entries.owner.get(at))
    total += end - entries.position.get(at)
  }
  return total
}

const settleAll = (parts: RestoreParts, chosen: Iterable<number>): Effect.Effect<void, E> => {
  const { entries, run, walked } = parts
  const settleGroup = (group: ReadonlyArray<number>) => {
    const table = new RestoreTableWriter()
    for (const entry of group) {
      const first = walked.firstNames.get(entry)
      writeRecord(table, entries, entry, {
        temporary: entries.means.get(entry) === Entries.replace ? temporaryOf(parts, entry) : undefined,
        firstName: first === undefined ? undefined : entries.pathOf(first)
      })
    }
    const bytes = table.finish()
    const request = { _tag: "Settle", table: bytes, inheritsAttributes: walked.inheritsAttributes } as const
    return Effect.map(ask(parts, request, [bytes.buffer]), (reply) => {
      for (const [number, entry] of group.entries()) {
        if (entries.hasFailed.get(entry) === 1) continue
        const isThere = reply.means[number] === Entries.keep && entries.kind.get(entry) !== Entries.directory
        if (isThere) run.skipped(entry)
        else run.restored(entry)
      }
      run.progress()
    })
  }
  return Effect.forEach(groupsOf(entries, chosen), settleGroup, { concurrency: threadsBusy, discard: true })
}

/** Hard links, symbolic links, pipes and devices. */
export const settleOthers = (parts: RestoreParts): Effect.Effect<void, E> => {
  const { entries, run, walked } = parts
  const chosen: Array<number> = []
  for (let entry = 0; entry < entries.count; entry++) {
    if (entries.kind.get(entry) < Entries.hardLink) continue
    if (entries.hasFailed.get(entry) === 1 || entries.isDone.get(entry) === 1) continue
    const first = walked.firstNames.get(entry)
    if (first !== undefined && entries.isDone.get(first) === 0) {
      run.fail(entry, `it is another name of "${entries.display(first)}", which could not be restored`)
    } else chosen.push(entry)
  }
  return settleAll(parts, chosen)
}

/** Directories, the deepest first: a later one may lock those below it. */
export const settleDirectories = Effect.fnUntraced(function* (parts: RestoreParts): Effect.fn.Return<void, E> {
  const { entries, walked } = parts
  const levels: Array<Array<number>> = []
  const depths = new Map<number, number>()
  for (let entry = 0; entry < entries.count; entry++) {
    if (entries.kind.get(entry) !== Entries.directory) continue
    const depth = (depths.get(entries.parentOf(entry)) ?? -1) + 1
    depths.set(entry, depth)
    if (entries.hasFailed.get(entry) === 1 || entries.means.get(entry) === Entries.skip) continue
    levels[depth] ??= []
    levels[depth].push(entry)
  }
  for (const level of levels.reverse()) if (level !== undefined) yield* settleAll(parts, level)
  yield* Effect.sync(() => {
    for (const { mode, path } of [...walked.reopened].reverse()) Posix.setPermissions(path, mode)
  })
})

export const removeSurplus = (parts: RestoreParts, selection: Selection, isOwn: IsOwn): Effect.Effect<void> =>
  Effect.sync(() => {
    const { entries, run, walked } = parts
    if (walked.surplus.length === 0) return
    if (run.failures > 0 || !walked.isComplete) {
      run.refuse("/", "nothing was deleted, because something could not be restored: see above", "delete")
      return
    }
    for (const { name, parent } of walked.surplus) {
      const location = Entries.join(parent < 0 ? slash : entries.location(parent), name)
      const path = Entries.join(entries.directoryPath(parent), name)
      const device = look(entries.directoryPath(parent))?.dev
      if (device === undefined) continue
      Surplus.removeSurplus(path, location, device, {
        selection,
        isOwn,
        isDryRun: run.isDryRun,
        onDeleted: run.deleted,
        onFailure: (where, message) => run.refuse(where, message, "delete")
      })
    }
    run.progress()
  })

const slash = Buffer.from("/")

/** Reads the restored files again. Gives how many are right. */
export const verify = Effect.fnUntraced(function* (parts: RestoreParts): Effect.fn.Return<number, E> {
  const { entries, index, run } = parts
  const chosen: Array<number> = []
  for (let entry = 0; entry < entries.count; entry++) {
    const isKept = entries.means.get(entry) === Entries.skip
    if (entries.kind.get(entry) === Entries.file && entries.isDone.get(entry) === 1 && !isKept) chosen.push(entry)
  }
  const failuresBefore = run.failures
  yield* Effect.forEach(
    groupsOf(entries, chosen),
    (group) => {
      const table = new RestoreTableWriter()
      for (const entry of group) {
        writeRecord(table, entries, entry)
        writePieces(table, entries, entry, index)
      }
      const bytes = table.finish()
      return ask(parts, { _tag: "Verify", table: bytes }, [bytes.buffer])
    },
    { concurrency: threadsBusy, discard: true }
  )
  return chosen.length - (run.failures - failuresBefore)
})
