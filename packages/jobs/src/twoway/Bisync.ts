/**
 * Makes two folders the same, whichever of them was changed: what is new or changed on one side goes to the other, and
 * what was removed on one side is removed on the other, unless it was changed there.
 *
 * A first run removes nothing. What was changed on both sides is kept twice, on both. A run that was cut off leaves each
 * file whole, and the next one goes on.
 */
import type { File } from "@ourclone/core/contract/Entry"
import { remedyField } from "@ourclone/core/contract/Remedy"
import type { RemotePath } from "@ourclone/core/contract/RemotePath"
import type { StorageError } from "@ourclone/core/contract/StorageError"
import * as Cost from "@ourclone/core/engine/Cost"
import * as Guard from "@ourclone/core/engine/Guard"
import type { Action, Plan } from "@ourclone/core/engine/Plan"
import * as Transfer from "@ourclone/core/engine/Transfer"
import type { TransferSummary } from "@ourclone/core/engine/TransferSummary"
import type { Fact } from "@ourclone/core/events/RunEvent"
import { ofStorageError } from "@ourclone/core/events/StorageFailure"
import type { Tell } from "@ourclone/core/events/Tell"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import type { Beside, JobKind } from "../kind/JobKind.ts"
import { remedy } from "../kind/JobRemedies.ts"
import { ThisMachine } from "../kind/Surroundings.ts"
import * as Bwlimit from "../place/Bwlimit.ts"
import { filterOf } from "../place/FilterFields.ts"
import { hold } from "../place/HoldDestination.ts"
import * as KeyFor from "../place/KeyFor.ts"
import * as Tpslimit from "../place/Tpslimit.ts"
import * as WhatItCosts from "../place/WhatItCosts.ts"
import { costing } from "../place/WhatItCosts.ts"
import { Request } from "./BisyncFields.ts"
import * as Comparing from "./Comparing.ts"
import * as Conflicts from "./Conflicts.ts"
import { openPair, type Pair } from "./Pair.ts"
import * as PairState from "./PairState.ts"
import * as Presence from "./Presence.ts"

const count = Schema.Int
export const Summary = Schema.Struct({
  /** Files brought from one side to the other, and their bytes. */
  stored: count,
  storedBytes: count,
  removed: count,
  /** Files that were changed on both sides, of which both versions are kept. */
  conflicts: count,
  same: count,
  skipped: count,
  failed: count,
  retries: count,
  /** Of a preview. */
  ...costing
})
export type Summary = typeof Summary.Type

const transfersAtOnce = 16
const partsAtOnce = 8

/** A side that is gone, or was emptied by mistake, removes nothing from the other. */
const emptied = (
  { allowEmptySource = false, first, second }: Request,
  { files }: Comparing.Compared,
  known: number
): Guard.GuardStopped | undefined => {
  if (allowEmptySource || known === 0 || (files.first > 0 && files.second > 0)) return undefined
  if (files.first === 0 && files.second === 0) return undefined
  return new Guard.GuardStopped({
    guard: "empty source",
    message: `one of ${first} and ${second} is empty or missing, where both had files, so nothing was removed from the other`,
    remedy: { code: "allowEmptySource", values: {} }
  })
}

const tooMany = ({ maxDelete }: Request, { files, removals }: Comparing.Compared): Guard.GuardStopped | undefined => {
  for (const side of ["first", "second"] as const) {
    const totals = { ...nothing(), sourceFiles: 1, destinationFiles: files[side], removals: removals[side] }
    const stopped = Guard.deletion(totals, { maxDelete, allowsEmptySource: true })
    if (stopped !== undefined && removals[side] > 0) return stopped
  }
  return undefined
}

const nothing = (): Plan["totals"] => ({
  sourceFiles: 0,
  destinationFiles: 0,
  same: 0,
  putFiles: 0,
  putBytes: 0,
  copiedBytes: 0,
  removals: 0
})

/** Each way is a transfer; of a conflict both versions go to the other side. */
const usesOf = (
  pair: Pair,
  state: PairState.PairState,
  { conflicts, files }: Comparing.Compared
): ReadonlyArray<Cost.Use> =>
  (["second", "first"] as const).flatMap((side) => {
    const [source, destination] = side === "second" ? [pair.first, pair.second] : [pair.second, pair.first]
    const totals = { ...nothing(), sourceFiles: files[side === "second" ? "first" : "second"] }
    const add = (size: number): void => {
      totals.putFiles++
      totals.putBytes += size
    }
    for (const { file, isRemoval } of state.planned(side)) if (!isRemoval) add(file.size)
    for (const conflict of conflicts) add(conflict[side === "second" ? "first" : "second"].size)
    const [from, to] = Cost.ofPlan(source, destination, totals)
    // Each side is listed once, as the source of one way.
    return [from, { ...to, listedFiles: undefined }]
  })

/** A request has no field for links: it is the remote that follows them. */
const remedyOf = ({ remedy: found }: Comparing.Passed) =>
  remedyField(found?.code === "followOrStoreLinks" ? remedy("followLinksByRemote") : found)

const passedFact = (passed: Comparing.Passed): Fact => {
  const { because, isFailure, path } = passed
  return isFailure
    ? { _tag: "Failed", failure: { code: "Unreadable", message: because, item: path, isRetryable: false } }
    : { ...remedyOf(passed), _tag: "Skipped", item: path, because }
}

/** With both versions of the conflicts that are resolved. */
const putsOf = ({ puts }: Comparing.Compared, kept: ReadonlyArray<Comparing.Conflict>) => ({
  files: puts.files + 2 * kept.length,
  bytes: puts.bytes + kept.reduce((sum, { first, second }) => sum + first.size + second.size, 0)
})

const conflictFact = ({ path }: Comparing.Conflict, name: RemotePath | undefined): Fact => {
  const message =
    name === undefined
      ? `"${path}" was changed on both sides, and there is no name left for the older version: rename one`
      : `"${path}" was changed on both sides: the older version is kept as "${name}"`
  return { _tag: "Note", code: "conflict", message, item: path }
}

const plannedFact = (found: Comparing.Compared, kept: ReadonlyArray<Comparing.Conflict>): Fact => ({
  _tag: "Planned",
  ...putsOf(found, kept),
  removals: found.removals.first + found.removals.second,
  same: found.same,
  isFinal: true
})

const compared = Effect.fnUntraced(function* (
  request: Request,
  { tell }: Beside,
  pair: Pair,
  state: PairState.PairState
) {
  yield* Presence.demand(request, pair.asked, { isFirst: state.count === 0, tell })
  const found = yield* Comparing.run(pair, state, yield* filterOf(request))
  const stopped = emptied(request, found, state.count) ?? tooMany(request, found)
  if (stopped !== undefined) return yield* stopped
  for (const one of found.passed) {
    tell.fact(passedFact(one))
    yield* tell.room
  }
  return found
})

/** What was done is in common from now on. */
const recording =
  (state: PairState.PairState, side: PairState.Side) =>
  (fact: Fact): void => {
    if (fact._tag !== "Done") return
    const todo = state.todo(side, fact.item)
    if (todo === undefined) return
    const { modifiedAt, size } = todo.file
    if (todo.isRemoval) state.forget(todo.path)
    else state.record(todo.path, { size, modifiedAt })
  }

/** As one run of both directions: what was planned was said already, and progress counts on. */
const continuing = (
  tell: Tell,
  before: { readonly files: number; readonly bytes: number },
  hear: (fact: Fact) => void
): Tell => ({
  room: tell.room,
  isBehind: tell.isBehind,
  fact: (fact) => {
    hear(fact)
    if (fact._tag !== "Planned") tell.fact(fact)
  },
  gauge: (progress) =>
    tell.gauge(() => {
      const now = progress()
      return { ...now, files: now.files + before.files, bytes: now.bytes + before.bytes }
    })
})

const actionOf = ({ file, isRemoval, path }: PairState.Todo): Action =>
  isRemoval ? { _tag: "Remove", path, size: file.size } : { _tag: "Put", file, because: "missing" }

const atItsPace = <A, E, R>(run: Effect.Effect<A, E, R>, { tpslimit }: Request): Effect.Effect<A, E, R> =>
  Tpslimit.within(tpslimit)(run)

const run = Effect.fnUntraced(function* (request: Request, beside: Beside) {
  const { limits, tell } = beside
  const pair = yield* openPair(request, tell)
  for (const side of [pair.first, pair.second]) yield* KeyFor.demandDeeds(side, ["list", "read", "write", "remove"])
  for (const side of [pair.first, pair.second]) {
    yield* hold(side, { type: "bisync", whenBusy: request.whenBusy, tell })
  }
  const { stateDirectory } = yield* ThisMachine
  const places = [pair.first.place, pair.second.place] as const
  const state = yield* PairState.open(stateDirectory, places, request.resync === true)
  const found = yield* compared(request, beside, pair, state)

  if (request.maxCost !== undefined) yield* WhatItCosts.refuse(usesOf(pair, state, found), request.maxCost, tell)
  let failed = found.passed.filter(({ isFailure }) => isFailure).length
  const kept: Array<Comparing.Conflict> = []
  for (const conflict of found.conflicts) {
    const resolved: Effect.Effect<void, StorageError> = Effect.map(Conflicts.resolve(pair, state, conflict), (name) => {
      if (name !== undefined) kept.push(conflict)
      tell.fact(conflictFact(conflict, name))
    })
    yield* Effect.catch(resolved, (error) => {
      if (error.stopsJob) return Effect.fail(error)
      failed++
      return Effect.sync(() => tell.fact({ _tag: "Failed", failure: ofStorageError(error, conflict.path) }))
    })
  }
  tell.fact(plannedFact(found, kept))

  const before = { files: 0, bytes: 0 }
  const sums: Array<TransferSummary> = []
  for (const side of ["second", "first"] as const) {
    const [source, destination] = side === "second" ? [pair.first, pair.second] : [pair.second, pair.first]
    const actions = Stream.map(Stream.fromIterable(state.planned(side)), actionOf)
    const totals = { ...nothing(), destinationFiles: found.files[side], removals: found.removals[side] }
    const summary = yield* Transfer.execute(
      source,
      destination,
      { actions, totals },
      {
        maxDelete: Number.POSITIVE_INFINITY,
        allowsEmptySource: true,
        transfers: request.transfers ?? transfersAtOnce,
        partConcurrency: partsAtOnce,
        bandwidth: yield* Bwlimit.limiter(request.bwlimit, destination, limits),
        tell: continuing(tell, { ...before }, recording(state, side))
      }
    )
    before.files += summary.stored + summary.copied + summary.failed
    before.bytes += summary.storedBytes
    sums.push(summary)
  }
  const sum = (of: (one: TransferSummary) => number): number => sums.reduce((all, one) => all + of(one), 0)
  const summary: Summary = {
    stored: sum((one) => one.stored + one.copied),
    storedBytes: sum((one) => one.storedBytes),
    removed: sum((one) => one.removed),
    conflicts: kept.length,
    same: found.same,
    skipped: sum((one) => one.skipped) + found.passed.length - found.passed.filter((one) => one.isFailure).length,
    failed: failed + sum((one) => one.failed),
    retries: sum((one) => one.retries)
  }
  return summary
}, atItsPace)

/** What is planned is thrown away with the transaction that it was written in. */
const preview = Effect.fnUntraced(function* (request: Request, beside: Beside) {
  const { tell } = beside
  const pair = yield* openPair(request, tell)
  const { stateDirectory } = yield* ThisMachine
  const places = [pair.first.place, pair.second.place] as const
  const state = yield* PairState.openPreview(stateDirectory, places, request.resync === true)
  const found = yield* compared(request, beside, pair, state)
  for (const side of ["second", "first"] as const) {
    const { name } = pair[side]
    for (const { file, isRemoval, path } of state.planned(side)) {
      const deed = isRemoval ? "removed" : "stored"
      const because = isRemoval ? `it was removed on the other side; from ${name}` : `to ${name}`
      tell.fact({ _tag: "Would", deed, item: path, bytes: file.size, because })
      yield* tell.room
    }
  }
  const kept: Array<Comparing.Conflict> = []
  for (const conflict of found.conflicts) {
    const { name, newer, older } = yield* Conflicts.foresee(pair, conflict)
    if (name === undefined) {
      tell.fact(conflictFact(conflict, name))
      continue
    }
    kept.push(conflict)
    const would = (item: RemotePath, { size }: File, side: PairState.Side): Fact => {
      const because = `changed on both sides, of which both versions stay; to ${pair[side].name}`
      return { _tag: "Would", deed: "stored", item, bytes: size, because }
    }
    tell.fact(would(conflict.path, newer.file, older.side))
    tell.fact(would(name, older.file, newer.side))
    yield* tell.room
  }
  tell.fact(plannedFact(found, kept))
  const puts = putsOf(found, kept)
  const summary: Summary = {
    stored: puts.files,
    storedBytes: puts.bytes,
    removed: found.removals.first + found.removals.second,
    conflicts: kept.length,
    same: found.same,
    skipped: found.passed.filter((one) => !one.isFailure).length,
    failed: found.passed.filter((one) => one.isFailure).length,
    retries: 0,
    ...WhatItCosts.costOf(usesOf(pair, state, found), tell)
  }
  return summary
}, atItsPace)

export const kind: JobKind<"bisync", Request, Summary> = {
  type: "bisync",
  request: Request,
  summary: Summary,
  needs: () => [],
  refuse: ({ bwlimit }) => Bwlimit.refusal(bwlimit),
  preview,
  run
}
