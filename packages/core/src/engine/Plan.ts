/**
 * Deciding what to do. Reads both sides, writes neither; `--dry-run` prints a plan and stops.
 *
 * A plan is a stream made by merging two ordered listings, so its memory does
 * not grow with the number of files.
 */
import type { NonEmptyReadonlyArray } from "effect/Array"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Semaphore from "effect/Semaphore"
import * as Stream from "effect/Stream"
import { type Entry, File, Skipped } from "../contract/Entry.ts"
import type { Provider } from "../contract/Provider.ts"
import { parent, RemotePath } from "../contract/RemotePath.ts"
import type { StorageError } from "../contract/StorageError.ts"
import type { Filter } from "../filter/Filter.ts"
import { retrying } from "../layers/Retry.ts"
import * as Checksum from "./Checksum.ts"
import { chosenListing } from "./ChosenListing.ts"
import { asKept, type Beside, type Comparison, Difference, decide, precision } from "./Compare.ts"
import { dated } from "./FileTime.ts"
import * as LetterCases from "./LetterCases.ts"
import { visitBoth } from "./MergedListing.ts"
import * as NameMeetings from "./NameMeetings.ts"

/** One step of a plan, with the reason a person would want to read. */
export const Action = Schema.TaggedUnion({
  /** `copyOf` lies in the destination's account and has the same bytes and time; `location` is that of its provider. */
  Put: {
    file: File,
    because: Difference,
    copyOf: Schema.optionalKey(Schema.Struct({ file: File, location: Schema.String }))
  },
  /** The bytes are the same and only the time, or what is beside them, is not: `stored` is the destination's file. */
  Touch: { file: File, stored: File, because: Difference },
  /** The same on both sides, so there is nothing to do. Planned only when `reportsSame`. */
  Keep: { file: File },
  /** `file` as it was listed, only where `keepsRemoved`. */
  Remove: { path: RemotePath, size: Schema.Int, file: Schema.optionalKey(File) },
  MakeDirectory: { path: RemotePath },
  RemoveDirectory: { path: RemotePath },
  Pass: { entry: Skipped }
})
export type Action = typeof Action.Type
export type Touch = Extract<Action, { readonly _tag: "Touch" }>
export type Put = Extract<Action, { readonly _tag: "Put" }>
type Remove = Extract<Action, { readonly _tag: "Remove" }>

export interface PlanOptions {
  readonly comparison: Comparison
  /** Remove what the destination has and the source does not: `sync` rather than `copy`. */
  readonly removesExtra: boolean
  /** What is extra and stays all the same: what earlier runs kept beside the files. */
  readonly sparesExtra?: ((path: RemotePath) => boolean) | undefined
  /** A file that is there and is another fails, rather than being replaced. */
  readonly refusesChanges?: boolean
  /** Say of each `Remove` which file it is; takes memory for each. */
  readonly keepsRemoved?: boolean
  /** Plan a `Keep` for each file that is the same. */
  readonly reportsSame?: boolean
  /** Files it excludes are neither transferred nor removed. */
  readonly filter?: Filter | undefined
}

/** What planning has seen so far; it grows while the stream is read. */
export interface Totals {
  /** The first file that the source had. */
  firstSource?: RemotePath
  sourceFiles: number
  destinationFiles: number
  /** Those left alone on request too. */
  same: number
  /** Pairs that were to be compared by digests, which are not to be had: size and time decided. */
  uncompared?: number
  /** Those that are to get another time, or something else beside their bytes, and their bytes. */
  touchedFiles?: number
  touchedBytes?: number
  putFiles: number
  putBytes: number
  /** Of these, those that lie in the destination's service already and are copied there. */
  copiedBytes: number
  removals: number
}

export interface Plan {
  readonly actions: Stream.Stream<Action, StorageError>
  readonly totals: Totals
}

/** How many pairs are looked at closer at once: most of that is waiting for a service to say a time. */
const askers = 32
/** How many of them may be read for it. */
const hashers = 4

/** A pair that only the digests can tell apart; or, first, the times that a listing left out. */
interface Open {
  readonly _tag: "Open"
  readonly file: File
  readonly stored: File
  readonly otherwise: "same" | Difference | undefined
  readonly beside: Beside | undefined
}

/** A file that the destination lists under no such name, and may have under one of other letter case. */
interface Unlisted {
  readonly _tag: "Unlisted"
  readonly file: File
}

type Found = Action | Open | Unlisted

const isOpen = (found: Found): found is Open | Unlisted => found._tag === "Open" || found._tag === "Unlisted"

const isSettled = (found: NonEmptyReadonlyArray<Found>): found is NonEmptyReadonlyArray<Action> => !found.some(isOpen)

/** Compares `source` with `destination`. Fails when either listing does. */
export const make = (source: Provider, destination: Provider, options: PlanOptions): Plan => {
  const { comparison, filter } = options
  const within = precision(source.capabilities, destination.capabilities, comparison.windowMillis)
  const hashing = Semaphore.makeUnsafe(hashers)
  const totals: Totals = {
    sourceFiles: 0,
    destinationFiles: 0,
    same: 0,
    putFiles: 0,
    putBytes: 0,
    copiedBytes: 0,
    removals: 0
  }

  const put = (file: File, because: Difference): Action => {
    if (options.refusesChanges === true && because !== "missing") {
      const message = `it is there already and ${because === "asked to transfer all" ? "must not be replaced" : `its ${because}`}: what is stored is not to be changed`
      return { _tag: "Pass", entry: { _tag: "Skipped", path: file.path, because: message, isFailure: true } }
    }
    totals.putFiles++
    totals.putBytes += file.size
    return { _tag: "Put", file, because }
  }
  const remove = (removal: Remove): Action => {
    totals.removals++
    return removal
  }
  const keep = (file: File): Action | undefined => {
    totals.same++
    return options.reportsSame ? { _tag: "Keep", file } : undefined
  }
  const touch = (file: File, stored: File, because: Difference): Action => {
    totals.same++
    totals.touchedFiles = (totals.touchedFiles ?? 0) + 1
    totals.touchedBytes = (totals.touchedBytes ?? 0) + stored.size
    return { _tag: "Touch", file, stored, because }
  }
  /** Of a file with the same bytes. Where nothing else puts right what is beside them, they are sent once more. */
  const besides = (file: File, stored: File, because: Beside): Action =>
    destination.setMetadata === undefined || options.refusesChanges === true
      ? put(file, because)
      : touch(file, stored, because)

  /** What digests were to decide, and can not. */
  const byTime = (
    file: File,
    stored: File,
    beside: Beside | undefined
  ): Effect.Effect<Action | undefined, StorageError> =>
    Effect.map(Effect.all([dated(source, file), dated(destination, stored)], { concurrency: 2 }), ([ours, theirs]) => {
      totals.uncompared = (totals.uncompared ?? 0) + 1
      const verdict = decide(asKept(ours, destination.capabilities), theirs, { by: "time" }, within)
      if (verdict._tag !== "Same") return put(file, "time differs")
      return beside === undefined ? keep(file) : besides(file, stored, beside)
    })

  const settle = (open: Open | Unlisted): Effect.Effect<Action | undefined, StorageError> => {
    if (open._tag === "Unlisted") {
      const { file } = open
      return Effect.flatMap(LetterCases.underAnyCase(destination, file.path), (stored) => {
        const decided = both(file, stored)
        return decided?._tag === "Open" ? settle(decided) : Effect.succeed(decided)
      })
    }
    const { beside, file, otherwise, stored } = open
    if (otherwise === undefined) {
      const times = Effect.all([dated(source, file), dated(destination, stored)], { concurrency: 2 })
      return Effect.flatMap(times, ([ours, theirs]) => {
        const decided = both(ours, theirs)
        return decided?._tag === "Open" ? settle(decided) : Effect.succeed(decided)
      })
    }
    const compared = Checksum.isSame({ provider: source, file }, { provider: destination, file: stored })
    return Effect.flatMap(
      Semaphore.withPermits(hashing, 1)(compared),
      (isSame): Effect.Effect<Action | undefined, StorageError> => {
        if (isSame === undefined) {
          return otherwise === "same" ? byTime(file, stored, beside) : Effect.succeed(put(file, otherwise))
        }
        if (!isSame) return Effect.succeed(put(file, "checksum differs"))
        if (beside !== undefined) return Effect.succeed(besides(file, stored, beside))
        const isTouched = otherwise === "time differs" && destination.touch !== undefined
        return Effect.succeed(isTouched ? touch(file, stored, otherwise) : keep(file))
      }
    )
  }

  const both = (file: File, stored: File | undefined): Action | Open | undefined => {
    const verdict = decide(asKept(file, destination.capabilities), stored, comparison, within)
    if (verdict._tag === "Differs") return put(file, verdict.because)
    if (verdict._tag === "LeftAlone") {
      totals.same++
      return undefined
    }
    if (stored === undefined) return keep(file)
    const { beside } = verdict
    if (verdict._tag === "Same") return beside === undefined ? keep(file) : besides(file, stored, beside)
    return { _tag: "Open", file, stored, beside, otherwise: verdict._tag === "Date" ? undefined : verdict.otherwise }
  }

  /** What the source has and can not transfer: a folder that has become a link is not a folder that is gone. */
  const passed = new Set<string>()
  const cases = destination.capabilities.isCaseSensitive === true ? undefined : LetterCases.make()
  const nameOf = (path: string): string => (cases === undefined ? path : LetterCases.folded(path))

  const isBelowPassed = (path: RemotePath): boolean => {
    if (passed.size === 0) return false
    for (let above = path; above !== ""; above = parent(above)) if (passed.has(nameOf(above))) return true
    return false
  }

  const earlierOfName = destination.storedAs === undefined ? undefined : NameMeetings.make(destination.storedAs)

  /** A file that would replace one stored just before it is a failed file. */
  const meeting = ({ path }: File): Action | undefined => {
    const other = earlierOfName?.(path)
    const otherCase = other === undefined ? cases?.claim(path) : undefined
    if (other === undefined && otherCase === undefined) return undefined
    const because =
      otherCase === undefined
        ? `"${other}" would be stored under the same name: rename one`
        : `"${otherCase}" differs from it in letter case alone, and the destination may take both for one file: rename one`
    return { _tag: "Pass", entry: { _tag: "Skipped", path, because, isFailure: true } }
  }

  const isLeftOut = (file: File): boolean => {
    if (filter === undefined || filter.includes(file)) return false
    cases?.note(file.path)
    return true
  }

  /** Where letter case may not count, the file of an extra name may be one that the source lists later. */
  const held: Array<Remove> = []

  const isOneCase = destination.capabilities.isCaseSensitive === false

  const onlySource = (entry: Entry): Found | undefined => {
    if (entry._tag === "Skipped") {
      passed.add(nameOf(entry.path))
      return { _tag: "Pass", entry }
    }
    if (entry._tag === "Directory") {
      const isWanted = destination.makeDirectory !== undefined && (filter?.mayContain(entry.path) ?? true)
      return isWanted ? { _tag: "MakeDirectory", path: entry.path } : undefined
    }
    if (isLeftOut(entry)) return undefined
    totals.sourceFiles++
    totals.firstSource ??= entry.path
    return meeting(entry) ?? (isOneCase ? { _tag: "Unlisted", file: entry } : both(entry, undefined))
  }

  /** The last file that the destination listed: one listed twice is no extra one. */
  let last: RemotePath | undefined

  const onlyDestination = (entry: Entry): Action | undefined => {
    if (entry._tag === "Skipped") {
      // To a copy it matters to nobody what else lies there.
      return entry.isFailure && options.removesExtra ? { _tag: "Pass", entry } : undefined
    }
    if (entry._tag === "Directory") {
      const isExtra = options.removesExtra && !isBelowPassed(entry.path)
      const isWanted = isExtra && (filter?.mayContain(entry.path) ?? true)
      return isWanted ? { _tag: "RemoveDirectory", path: entry.path } : undefined
    }
    if (entry.path === last || (filter !== undefined && !filter.includes(entry))) return undefined
    last = entry.path
    totals.destinationFiles++
    const { path, size } = entry
    if (!options.removesExtra || isBelowPassed(path) || options.sparesExtra?.(path) === true) return undefined
    const removal: Remove = { _tag: "Remove", path, size, ...(options.keepsRemoved === true ? { file: entry } : {}) }
    if (cases === undefined) return remove(removal)
    held.push(removal)
    return undefined
  }

  const visit = (ours: Entry | undefined, theirs: Entry | undefined): Found | undefined => {
    if (ours === undefined) return theirs === undefined ? undefined : onlyDestination(theirs)
    if (theirs === undefined) return onlySource(ours)
    if (ours._tag === "Directory") return undefined
    if (ours._tag === "Skipped" || theirs._tag !== "File") return onlySource(ours)
    last = theirs.path
    if (isLeftOut(ours)) return undefined
    totals.sourceFiles++
    totals.firstSource ??= ours.path
    totals.destinationFiles++
    return meeting(ours) ?? both(ours, theirs)
  }

  /** One file that can not be hashed is a failed file, not the end of the plan. */
  const unsettled = ({ path }: File, error: StorageError): Effect.Effect<Action, StorageError> => {
    if (error.stopsJob) return Effect.fail(error)
    const because = `it can not be compared: ${error.reason.message}`
    return Effect.succeed({ _tag: "Pass", entry: { _tag: "Skipped", path, because, isFailure: true } })
  }

  const resolve = (found: Found): Effect.Effect<Action | undefined, StorageError> =>
    isOpen(found)
      ? Effect.catch(retrying(settle(found)), (error) => unsettled(found.file, error))
      : Effect.succeed(found)

  const resolveAll = (
    found: NonEmptyReadonlyArray<Found>
  ): Effect.Effect<NonEmptyReadonlyArray<Action | undefined>, StorageError> =>
    isSettled(found) ? Effect.succeed(found) : Effect.forEach(found, resolve, { concurrency: askers })

  /** A destination that is yet to be created has nothing in it. */
  const atDestination = Stream.catch(chosenListing(destination, filter), (error) =>
    error.reason._tag === "NotFound" ? Stream.empty : Stream.fail(error)
  )

  const actions = visitBoth(chosenListing(source, filter), atDestination, visit).pipe(
    Stream.mapArrayEffect(resolveAll),
    Stream.filter((action) => action !== undefined)
  )
  if (cases === undefined) return { actions, totals }
  const removals = Stream.suspend(() =>
    Stream.fromArray(held.filter(({ path }) => !cases.has(path)).map((removal) => remove(removal)))
  )
  return { actions: Stream.concat(actions, removals), totals }
}
