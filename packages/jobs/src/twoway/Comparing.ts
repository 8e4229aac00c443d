/** Finds out what has changed on either side, and plans what is to be done. Changes neither side. */
import type { Entry, File } from "@ourclone/core/contract/Entry"
import type { Provider } from "@ourclone/core/contract/Provider"
import type { Remedy } from "@ourclone/core/contract/Remedy"
import { compare, parent, type RemotePath, root } from "@ourclone/core/contract/RemotePath"
import type { StorageError } from "@ourclone/core/contract/StorageError"
import * as Checksum from "@ourclone/core/engine/Checksum"
import { decide as compareFiles, precision } from "@ourclone/core/engine/Compare"
import { datedListing } from "@ourclone/core/engine/FileTime"
import * as LetterCases from "@ourclone/core/engine/LetterCases"
import { visitBoth } from "@ourclone/core/engine/MergedListing"
import { inOrder } from "@ourclone/core/engine/SortedListing"
import type { Filter } from "@ourclone/core/filter/Filter"
import { retrying } from "@ourclone/core/layers/Retry"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { type Decision, decide, type Prior, standing } from "./Decision.ts"
import type { Pair } from "./Pair.ts"
import type { Held, PairState, Side } from "./PairState.ts"
import * as Spellings from "./Spellings.ts"

/** Both sides have something new, and it is not the same. */
export interface Conflict {
  readonly path: RemotePath
  readonly first: File
  readonly second: File
}

/** Something that can not be taken up. */
export interface Passed {
  readonly path: string
  readonly because: string
  readonly remedy?: Remedy | undefined
  readonly isFailure: boolean
}

export interface Compared {
  readonly conflicts: ReadonlyArray<Conflict>
  readonly passed: ReadonlyArray<Passed>
  readonly files: { readonly first: number; readonly second: number }
  readonly removals: { readonly first: number; readonly second: number }
  readonly puts: { readonly files: number; readonly bytes: number }
  /** The same on both sides already. */
  readonly same: number
}

interface Visited {
  readonly path: RemotePath
  readonly decision: Decision
  readonly first: File | undefined
  readonly second: File | undefined
}

/** Pairs whose digests are asked for at once. */
const hashers = 4

class Looking {
  readonly #unreadable = new Set<string>()
  readonly #filter: Filter | undefined
  readonly #nameOf: (path: string) => string
  files = 0

  constructor(filter: Filter | undefined, nameOf: (path: string) => string) {
    this.#filter = filter
    this.#nameOf = nameOf
  }

  isUnreadable(path: string): boolean {
    if (this.#unreadable.size === 0) return false
    for (let above = path as RemotePath; above !== ""; above = parent(above)) {
      if (this.#unreadable.has(this.#nameOf(above))) return true
    }
    return false
  }

  /** The file that takes part; `undefined` where there is none, or `left out`. */
  read(entry: Entry | undefined, path: string): File | "left out" | undefined {
    if (entry?._tag === "Skipped") {
      this.#unreadable.add(this.#nameOf(entry.path))
      return "left out"
    }
    if (this.isUnreadable(path)) return "left out"
    if (entry?._tag !== "File") return undefined
    if (this.#filter !== undefined && !this.#filter.includes(entry)) return "left out"
    this.files++
    return entry
  }
}

const listing = (provider: Provider, filter: Filter | undefined): Stream.Stream<Entry, StorageError> => {
  const entries = inOrder(provider, root, filter === undefined ? {} : { mayContain: filter.mayContain })
  // A side that is yet to be made has nothing in it.
  return Stream.catch(datedListing(provider, entries), (error) =>
    error.reason._tag === "NotFound" ? Stream.empty : Stream.fail(error)
  )
}

const priorOf = ({ modifiedAt, size }: File): Prior => ({ size, modifiedAt })

const letterCase = (other: string): string =>
  `"${other}" differs from it in letter case alone, and the other side may take both for one file: rename one`

export const run = Effect.fnUntraced(function* (
  pair: Pair,
  state: PairState,
  filter: Filter | undefined
): Effect.fn.Return<Compared, StorageError> {
  const { first, second } = pair
  const within = precision(first.capabilities, second.capabilities)
  const nameOf = Spellings.mayDiffer(pair) ? LetterCases.folded : undefined
  const sides = {
    first: new Looking(filter, nameOf ?? ((path) => path)),
    second: new Looking(filter, nameOf ?? ((path) => path))
  }
  /** By its name whatever is not held: what both sides list as it is spelled, or one of them leaves out. */
  const settled = new Map<string, RemotePath>()
  const conflicts: Array<Conflict> = []
  const passed: Array<Passed> = []
  const removals = { first: 0, second: 0 }
  const puts = { files: 0, bytes: 0 }
  let same = 0

  const isUnreadable = (path: string): boolean => sides.first.isUnreadable(path) || sides.second.isUnreadable(path)

  const prior = state.prior()
  let next = prior.next()
  /** What was in common at `path`. What was before it and neither side has any more is forgotten, unless it can not be seen. */
  const priorAt = (path: string | undefined): Prior | undefined => {
    while (next.done !== true) {
      const [known, value] = next.value
      const order = path === undefined ? -1 : compare(known, path)
      if (order > 0) return undefined
      next = prior.next()
      if (order === 0) return value
      if (isUnreadable(known)) continue
      if (nameOf === undefined) state.forget(known)
      else state.hold({ name: nameOf(known), path: known as RemotePath, on: undefined, prior: value })
    }
    return undefined
  }

  const visited = (path: RemotePath, known: Prior | undefined, ours?: File, theirs?: File): Visited => ({
    path,
    first: ours,
    second: theirs,
    decision: decide(standing(known, ours, within), standing(known, theirs, within))
  })

  const visit = (ours: Entry | undefined, theirs: Entry | undefined): Visited | undefined => {
    const entry = ours ?? theirs
    if (entry === undefined || entry._tag === "Directory") {
      // A file of that name on the other side is that one's only entry here.
      if (theirs === undefined || theirs._tag === "Directory") return undefined
    }
    for (const one of [ours, theirs]) {
      if (one?._tag === "Skipped") {
        const { because, isFailure, path, remedy } = one
        passed.push({ path, because, isFailure, remedy })
      }
    }
    const path = (ours?._tag === "File" ? ours.path : theirs?._tag === "File" ? theirs.path : entry?.path) as RemotePath
    const known = priorAt(path)
    const left = sides.first.read(ours, path)
    const right = sides.second.read(theirs, path)
    const isLeftOut = left === "left out" || right === "left out"
    if (nameOf !== undefined) {
      const name = nameOf(path)
      if (isLeftOut || (left !== undefined && right !== undefined && known !== undefined)) settled.set(name, path)
      else {
        // What neither side has had may have been brought under another name than it is listed by.
        if (left !== undefined) state.hold({ name, path, on: { side: "first", file: left }, prior: known })
        if (right !== undefined) state.hold({ name, path, on: { side: "second", file: right }, prior: known })
        return undefined
      }
    }
    return isLeftOut ? undefined : visited(path, known, left as File | undefined, right as File | undefined)
  }

  /** `from` has the file; the other side gets it. */
  const put = (from: Side, file: File): void => {
    puts.files++
    puts.bytes += file.size
    state.plan(from === "first" ? "second" : "first", { path: file.path, isRemoval: false, file })
  }

  const remove = (side: Side, path: RemotePath, file: File): void => {
    removals[side]++
    state.plan(side, { path, isRemoval: true, file })
  }

  const isEqual = (one: File, other: File): Effect.Effect<boolean, StorageError> => {
    const verdict = compareFiles(one, other, { by: "time" }, within)
    if (verdict._tag === "Same") return Effect.succeed(true)
    if (verdict._tag !== "Hash") return Effect.succeed(false)
    const digests = Checksum.isSame({ provider: first, file: one }, { provider: second, file: other })
    return Effect.map(retrying(digests), (isSame) => isSame === true)
  }

  const settle = Effect.fnUntraced(function* ({ decision, first: ours, path, second: theirs }: Visited) {
    switch (decision) {
      case "nothing":
        if (ours !== undefined || theirs !== undefined) same++
        return
      case "forget":
        return state.forget(path)
      case "toSecond":
        return put("first", ours!)
      case "toFirst":
        return put("second", theirs!)
      case "removeFirst":
        return remove("first", path, ours!)
      case "removeSecond":
        return remove("second", path, theirs!)
      case "compare": {
        if (yield* isEqual(ours!, theirs!)) {
          same++
          state.record(path, priorOf(ours!))
        } else conflicts.push({ path, first: ours!, second: theirs! })
      }
    }
  })

  const alone = ({ on, path, prior }: Held): Visited =>
    on?.side === "first" ? visited(path, prior, on.file) : visited(path, prior, undefined, on?.file)

  /** Of one file that both sides list, each in its own spelling. Gives whether it is one. */
  const settlePair = Effect.fnUntraced(function* (ours: Held, theirs: Held, known: Prior | undefined) {
    const path = yield* Spellings.common(pair, ours.on!.file, theirs.on!.file)
    if (path === undefined) return false
    for (const spelled of [ours.path, theirs.path]) state.forget(spelled)
    if (known !== undefined) state.record(path, known)
    yield* settle(visited(path, known, { ...ours.on!.file, path }, { ...theirs.on!.file, path }))
    return true
  })

  /** What is spelled by one side alone, and all that is there under other spellings of its name. */
  const settleHeld = Effect.fnUntraced(function* (group: ReadonlyArray<Held>) {
    if (group.some(({ path }) => isUnreadable(path))) return
    const files = group.filter(({ on }) => on !== undefined)
    const earlier = group.filter(({ on }) => on === undefined)
    for (const { path } of earlier) state.forget(path)
    const taken = settled.get(group[0]!.name)
    const [one, another] = files
    if (one === undefined) return
    const known = one.prior ?? another?.prior ?? earlier[0]?.prior
    if (taken === undefined && another === undefined) {
      if (known !== undefined) state.record(one.path, known)
      return yield* settle(alone({ ...one, prior: known }))
    }
    const partnerOf = ({ on, path }: Held) => files.find((other) => other.path === path && other.on!.side !== on!.side)
    if (files.every((held) => partnerOf(held) !== undefined)) {
      for (const held of files) {
        if (held.on!.side === "first")
          yield* settle(visited(held.path, undefined, held.on!.file, partnerOf(held)!.on!.file))
      }
      return
    }
    const isOneSided = files.every(({ on }) => on!.side === one.on!.side)
    const isPair = taken === undefined && files.length === 2 && !isOneSided
    if (isPair && (yield* settlePair(one, another!, known))) return
    let brought = taken
    for (const held of files) {
      const other = isOneSided ? brought : (brought ?? files.find(({ path }) => path !== held.path)?.path)
      if (isPair || other === undefined) {
        const found = alone(held)
        yield* settle(found)
        if (found.decision === "toFirst" || found.decision === "toSecond") brought = held.path
      } else if (held.on!.side === "first" || partnerOf(held) === undefined) {
        passed.push({ path: held.path, because: letterCase(other), isFailure: true })
      }
    }
  })

  const unsettled = (
    { path }: { readonly path: RemotePath },
    error: StorageError
  ): Effect.Effect<void, StorageError> => {
    if (error.stopsJob) return Effect.fail(error)
    return Effect.sync(
      () => void passed.push({ path, because: `it can not be compared: ${error.reason.message}`, isFailure: true })
    )
  }

  const found = visitBoth(listing(first, filter), listing(second, filter), visit)
  yield* Stream.runForEachArray(found, (some) =>
    Effect.forEach(some, (one) => Effect.catch(settle(one), (error) => unsettled(one, error)), {
      concurrency: hashers,
      discard: true
    })
  )
  priorAt(undefined)
  yield* Stream.runForEachArray(Stream.fromIterable(state.held()), (groups) =>
    Effect.forEach(groups, (group) => Effect.catch(settleHeld(group), (error) => unsettled(group[0]!, error)), {
      concurrency: hashers,
      discard: true
    })
  )

  const files = { first: sides.first.files, second: sides.second.files }
  return { conflicts, passed, files, removals, puts, same }
})
