/** Finds out what has changed on either side, and plans what is to be done. Changes neither side. */
import type { Entry, File } from "@ourclone/core/contract/Entry"
import type { Provider } from "@ourclone/core/contract/Provider"
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
import type { PairState, Side } from "./PairState.ts"

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
  /** Names of the files of this side, where the other one may take two of them for one. */
  readonly names: LetterCases.LetterCases | undefined
  files = 0

  constructor(filter: Filter | undefined, isOtherSensitive: boolean | undefined) {
    this.#filter = filter
    this.names = isOtherSensitive === true ? undefined : LetterCases.make()
  }

  /** The file that takes part; `undefined` where there is none, or `left out`. */
  read(entry: Entry | undefined, path: string): File | "left out" | undefined {
    if (entry?._tag === "Skipped") {
      this.#unreadable.add(entry.path)
      return "left out"
    }
    for (let above = path as RemotePath; above !== "" && this.#unreadable.size > 0; above = parent(above)) {
      if (this.#unreadable.has(above)) return "left out"
    }
    if (entry?._tag !== "File") return undefined
    if (this.#filter !== undefined && !this.#filter.includes(entry)) {
      this.names?.note(entry.path)
      return "left out"
    }
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
  { first, second }: Pair,
  state: PairState,
  filter: Filter | undefined
): Effect.fn.Return<Compared, StorageError> {
  const within = precision(first.capabilities, second.capabilities)
  const sides = {
    first: new Looking(filter, second.capabilities.isCaseSensitive),
    second: new Looking(filter, first.capabilities.isCaseSensitive)
  }
  const conflicts: Array<Conflict> = []
  const passed: Array<Passed> = []
  const removals: Array<{ readonly side: Side; readonly path: RemotePath; readonly file: File }> = []
  const puts = { files: 0, bytes: 0 }
  let same = 0

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
      const isSeen =
        sides.first.read(undefined, known) === undefined && sides.second.read(undefined, known) === undefined
      if (isSeen) state.forget(known)
    }
    return undefined
  }

  const visit = (ours: Entry | undefined, theirs: Entry | undefined): Visited | undefined => {
    const entry = ours ?? theirs
    if (entry === undefined || entry._tag === "Directory") {
      // A file of that name on the other side is that one's only entry here.
      if (theirs === undefined || theirs._tag === "Directory") return undefined
    }
    for (const one of [ours, theirs]) {
      if (one?._tag === "Skipped") passed.push({ path: one.path, because: one.because, isFailure: one.isFailure })
    }
    const path = (ours?._tag === "File" ? ours.path : theirs?._tag === "File" ? theirs.path : entry?.path) as RemotePath
    const known = priorAt(path)
    const left = sides.first.read(ours, path)
    const right = sides.second.read(theirs, path)
    if (left === "left out" || right === "left out") return undefined
    return {
      path,
      first: left,
      second: right,
      decision: decide(standing(known, left, within), standing(known, right, within))
    }
  }

  /** `from` has the file; the other side gets it. */
  const put = (from: Side, file: File): void => {
    const other = sides[from].names?.claim(file.path)
    if (other !== undefined) return void passed.push({ path: file.path, because: letterCase(other), isFailure: true })
    puts.files++
    puts.bytes += file.size
    state.plan(from === "first" ? "second" : "first", { path: file.path, isRemoval: false, file })
  }

  const isEqual = (one: File, other: File): Effect.Effect<boolean, StorageError> => {
    const verdict = compareFiles(one, other, { by: "time" }, within)
    if (verdict._tag === "Same") return Effect.succeed(true)
    if (verdict._tag !== "Hash") return Effect.succeed(false)
    const digests = Checksum.isSame({ provider: first, file: one }, { provider: second, file: other })
    return Effect.map(retrying(digests), (isSame) => isSame === true)
  }

  const settle = Effect.fnUntraced(function* ({ decision, first: ours, path, second: theirs }: Visited) {
    const held = ours ?? theirs
    for (const [side, file] of [
      ["first", ours],
      ["second", theirs]
    ] as const) {
      if (file !== undefined && decision !== "toFirst" && decision !== "toSecond") sides[side].names?.note(path)
    }
    switch (decision) {
      case "nothing":
        if (held !== undefined) same++
        return
      case "forget":
        return state.forget(path)
      case "toSecond":
        return put("first", ours!)
      case "toFirst":
        return put("second", theirs!)
      case "removeFirst":
        return void removals.push({ side: "first", path, file: ours! })
      case "removeSecond":
        return void removals.push({ side: "second", path, file: theirs! })
      case "compare": {
        if (yield* isEqual(ours!, theirs!)) {
          same++
          state.record(path, priorOf(ours!))
        } else conflicts.push({ path, first: ours!, second: theirs! })
      }
    }
  })
  const unsettled = ({ path }: Visited, error: StorageError): Effect.Effect<void, StorageError> => {
    if (error.stopsJob) return Effect.fail(error)
    return Effect.sync(
      () => void passed.push({ path, because: `it can not be compared: ${error.reason.message}`, isFailure: true })
    )
  }

  const visited = visitBoth(listing(first, filter), listing(second, filter), visit)
  yield* Stream.runForEachArray(visited, (some) =>
    Effect.forEach(some, (one) => Effect.catch(settle(one), (error) => unsettled(one, error)), {
      concurrency: hashers,
      discard: true
    })
  )
  priorAt(undefined)

  const count = { first: 0, second: 0 }
  for (const { file, path, side } of removals) {
    // Where letter case may not count, a file of this name is there under another one.
    const names = sides[side === "first" ? "second" : "first"].names
    if (names?.has(path) === true) continue
    count[side]++
    state.plan(side, { path, isRemoval: true, file })
  }
  const files = { first: sides.first.files, second: sides.second.files }
  return { conflicts, passed, files, removals: count, puts, same }
})
