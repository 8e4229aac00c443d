/** Compares two folders, or a file with the one of its name, and changes nothing. Each finding is a fact. */
import type { Entry, File } from "@ourclone/core/contract/Entry"
import type { Provider } from "@ourclone/core/contract/Provider"
import { type Remedy, remedyField } from "@ourclone/core/contract/Remedy"
import type { StorageError } from "@ourclone/core/contract/StorageError"
import * as Checksum from "@ourclone/core/engine/Checksum"
import { chosenListing } from "@ourclone/core/engine/ChosenListing"
import * as Compare from "@ourclone/core/engine/Compare"
import { dated } from "@ourclone/core/engine/FileTime"
import * as LetterCases from "@ourclone/core/engine/LetterCases"
import * as MergedListing from "@ourclone/core/engine/MergedListing"
import type { Fact, Phase } from "@ourclone/core/events/RunEvent"
import type { Tell } from "@ourclone/core/events/Tell"
import type { Filter } from "@ourclone/core/filter/Filter"
import { retrying } from "@ourclone/core/layers/Retry"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Semaphore from "effect/Semaphore"
import * as Stream from "effect/Stream"
import type { Beside, JobKind } from "../kind/JobKind.ts"
import * as FileOrFolder from "../place/FileOrFolder.ts"
import { filterFields, filterOf } from "../place/FilterFields.ts"
import { open } from "../place/OpenPlace.ts"
import * as OwnFiles from "../place/OwnFiles.ts"
import { refuseWithoutMetadata } from "./Sides.ts"
import { checked, comparing, earlierSource, linking, lookingOf, telling } from "./TransferFields.ts"

export const Request = Schema.Struct({
  ...checked,
  ...earlierSource,
  ...comparing,
  ...linking,
  ...telling,
  ...filterFields
})
export type Request = typeof Request.Type

export const Summary = Schema.Struct({
  same: Schema.Int,
  different: Schema.Int,
  onlySource: Schema.Int,
  onlyDestination: Schema.Int,
  unreadable: Schema.Int
})
export type Summary = typeof Summary.Type

/** The name of the step that tells of a difference; `values` has `item`, `finding` and, where files differ, `because`. */
export const differenceStep = "difference"

type Kind = keyof Summary
interface Finding {
  readonly kind: Kind
  readonly item: string
  readonly because?: string
  readonly remedy?: Remedy
  /** Of one that the source alone lists. */
  readonly file?: File
}

interface Pair {
  readonly kind: "pair"
  readonly ours: File
  readonly theirs: File
}

const unreadable = (item: string, because: string, remedy?: Remedy): Finding => ({
  ...remedyField(remedy),
  kind: "unreadable",
  item,
  because
})

const factOf = ({ because, item, kind, remedy }: Finding): Fact => {
  switch (kind) {
    case "same":
      return { _tag: "Done", deed: "same", item }
    case "unreadable":
      return {
        _tag: "Failed",
        failure: { ...remedyField(remedy), code: "Unreadable", message: because ?? "", item, isRetryable: false }
      }
    case "different":
    case "onlySource":
    case "onlyDestination":
      return {
        _tag: "Step",
        name: differenceStep,
        values: { item, finding: kind, ...(because === undefined ? {} : { because }) }
      }
  }
}

interface Comparing {
  readonly request: Request
  readonly source: Provider
  readonly destination: Provider
  readonly filter: Filter | undefined
  readonly tell: Tell
}

/** What a name is on both sides, as far as the listings tell. */
const visitor = ({ filter, request, tell }: Comparing) => {
  const isOut = (entry: Entry): boolean =>
    entry._tag === "Directory" || (entry._tag === "File" && filter !== undefined && !filter.includes(entry))
  return (ours: Entry | undefined, theirs: Entry | undefined): Finding | Pair | undefined => {
    const one = ours ?? theirs
    if (one === undefined || isOut(one)) return undefined
    const skipped = ours?._tag === "Skipped" ? ours : theirs
    if (skipped?._tag === "Skipped") {
      if (skipped.isFailure || (ours !== undefined && theirs !== undefined)) {
        return unreadable(skipped.path, skipped.because, skipped.remedy)
      }
      tell.fact({ ...remedyField(skipped.remedy), _tag: "Skipped", item: skipped.path, because: skipped.because })
      return undefined
    }
    if (ours?._tag === "File" && theirs?._tag === "File") return { kind: "pair", ours, theirs }
    if (ours?._tag === "File") return { kind: "onlySource", item: ours.path, file: ours }
    return request.oneWay === true ? undefined : { kind: "onlyDestination", item: one.path }
  }
}

const comparer = ({ destination, request, source }: Comparing) => {
  const by = request.sizeOnly === true ? "size" : request.checksum === true ? "checksum" : "time"
  const within = Compare.precision(source.capabilities, destination.capabilities, request.modifyWindowMillis)
  const hashing = Semaphore.makeUnsafe(hashers)
  const comparison = { by, withMetadata: request.metadata === true ? destination.capabilities : undefined } as const
  const compare = ({ ours, theirs }: Pair): Effect.Effect<Finding, StorageError> => {
    const item = ours.path
    const verdict = Compare.decide(Compare.asKept(ours, destination.capabilities), theirs, comparison, within)
    const same: Finding =
      verdict.beside === undefined ? { kind: "same", item } : { kind: "different", item, because: verdict.beside }
    if (verdict._tag === "Same") return Effect.succeed(same)
    if (verdict._tag === "Differs") return Effect.succeed({ kind: "different", item, because: verdict.because })
    if (verdict._tag === "Date") {
      const times = Effect.all([dated(source, ours), dated(destination, theirs)], { concurrency: 2 })
      return Effect.flatMap(times, ([left, right]) => compare({ kind: "pair", ours: left, theirs: right }))
    }
    const left = { provider: source, file: ours }
    const compared = Checksum.isSame(left, { provider: destination, file: theirs })
    return Effect.map(Semaphore.withPermits(hashing, 1)(compared), (isSame): Finding => {
      if (isSame === undefined) {
        if (by === "checksum") return unreadable(item, "no checksum to compare by")
        return {
          kind: "different",
          item,
          because: verdict._tag === "Hash" && verdict.otherwise === "size differs" ? "size differs" : "time differs"
        }
      }
      return isSame ? same : { kind: "different", item, because: "checksum differs" }
    })
  }
  return compare
}

/** How many files are compared at once: most of that is waiting for a service to say a time. */
const atOnce = 32
/** How many of them may be read for it. */
const hashers = 4

const run = Effect.fnUntraced(function* (request: Request, { tell }: Beside) {
  const looking = lookingOf(request)
  const filter = yield* filterOf(request)
  const found = yield* FileOrFolder.find(request.source, tell, looking)
  const opened = yield* open(request.destination, tell, {
    links: looking.flags?.links,
    metadata: looking.flags?.metadata
  })
  yield* refuseWithoutMetadata(request, [found.provider, opened])
  const [source, destination] =
    found._tag === "File"
      ? [FileOrFolder.onlyFile(found.provider, found.file.path), FileOrFolder.onlyFile(opened, found.file.path)]
      : [yield* OwnFiles.without(found.provider), yield* OwnFiles.without(opened)]
  const comparing: Comparing = { request, source, destination, filter, tell }
  const compare = comparer(comparing)
  const counts = { same: 0, different: 0, onlySource: 0, onlyDestination: 0, unreadable: 0 }
  let phase: Phase = "listing"
  const gauge = () =>
    ({
      _tag: "Progress",
      phase,
      files: counts.same + counts.different + counts.unreadable,
      bytes: 0,
      current: []
    }) as const
  tell.gauge(gauge)

  const settlePair = (one: Pair): Effect.Effect<Finding, StorageError> =>
    Effect.catch(retrying(compare(one)), (error) =>
      error.stopsJob ? Effect.fail(error) : Effect.succeed(unreadable(one.ours.path, error.reason.message))
    )

  /** Where the destination does not tell letter cases apart: names that it has in another one, and what waits to be one of these. */
  const recased = new Set<string>()
  const held: Array<Finding> = []
  const isOneCase = destination.capabilities.isCaseSensitive === false

  const settle = (one: Finding | Pair): Effect.Effect<Finding | undefined, StorageError> => {
    if (one.kind === "pair") return settlePair(one)
    if (!isOneCase) return Effect.succeed(one)
    if (one.kind === "onlyDestination") {
      held.push(one)
      return Effect.succeed(undefined)
    }
    const { file } = one
    if (one.kind !== "onlySource" || file === undefined) return Effect.succeed(one)
    return Effect.flatMap(LetterCases.underAnyCase(destination, file.path), (theirs) => {
      if (theirs === undefined) return Effect.succeed(one)
      recased.add(LetterCases.folded(file.path))
      return settlePair({ kind: "pair", ours: file, theirs })
    })
  }
  const note = (finding: Finding): void => {
    counts[finding.kind]++
    tell.fact(factOf(finding))
  }
  const findings = MergedListing.visitBoth(
    chosenListing(source, filter),
    chosenListing(destination, filter),
    visitor(comparing)
  )
  yield* Stream.runForEachArray(findings, (some) =>
    Effect.flatMap(Effect.forEach(some, settle, { concurrency: atOnce }), (settled) => {
      phase = "comparing"
      for (const finding of settled) if (finding !== undefined) note(finding)
      tell.gauge(gauge)
      return tell.room
    })
  )
  for (const finding of held) {
    if (recased.has(LetterCases.folded(finding.item))) continue
    note(finding)
    yield* tell.room
  }

  const nothing = Object.values(counts).every((count) => count === 0)
  if (nothing && found._tag === "Folder") {
    if (!(yield* FileOrFolder.exists(found, request.source, tell, looking))) {
      return yield* FileOrFolder.missing(request.source)
    }
    const folder: FileOrFolder.FoundFolder = { _tag: "Folder", provider: opened }
    if (!(yield* FileOrFolder.exists(folder, request.destination, tell))) {
      return yield* FileOrFolder.missing(request.destination)
    }
  }
  return counts
})

export const kind: JobKind<"check", Request, Summary> = {
  type: "check",
  request: Request,
  summary: Summary,
  needs: () => [],
  run
}
