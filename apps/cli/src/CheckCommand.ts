/** `check`: what is different between two sides, without changing either. */

import type { Given } from "@ourclone/core/configuration/Remotes"
import type { Entry, File } from "@ourclone/core/contract/Entry"
import type { Provider } from "@ourclone/core/contract/Provider"
import { root } from "@ourclone/core/contract/RemotePath"
import type { StorageError } from "@ourclone/core/contract/StorageError"
import * as Compare from "@ourclone/core/engine/Compare"
import * as MergedListing from "@ourclone/core/engine/MergedListing"
import { inOrder } from "@ourclone/core/engine/SortedListing"
import { retrying } from "@ourclone/core/layers/Retry"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import * as Amount from "./Amount.ts"
import * as ExitCode from "./ExitCode.ts"
import type { FilterInput } from "./FilterFlags.ts"
import { filterOf } from "./FilterRules.ts"
import * as Output from "./Output.ts"
import * as Place from "./Place.ts"
import { printable } from "./PrintableText.ts"

/** The sign of a line: the same, only at the source, only at the destination, different, or not known. */
const signs = { Same: "=", OnlySource: "+", OnlyDestination: "-", Different: "*", Unreadable: "!" } as const
type Kind = keyof typeof signs

interface Finding {
  readonly _tag: Kind
  readonly path: string
  readonly because?: string
}

interface Pair {
  readonly _tag: "Pair"
  readonly ours: File
  readonly theirs: File
}

const sha1Of = (provider: Provider, file: File): Effect.Effect<string | undefined, StorageError> => {
  if (file.checksums.sha1 !== undefined) return Effect.succeed(file.checksums.sha1)
  if (provider.digest === undefined) return Effect.succeed(undefined)
  return Effect.map(provider.digest(file)(Math.max(1, file.size)), ({ sha1 }) => sha1)
}

const unreadable = (path: string, because: string): Finding => ({ _tag: "Unreadable", path, because })

export const run = Effect.fnUntraced(function* (flags: {
  readonly source: string
  readonly destination: string
  readonly checksum: boolean
  readonly sizeOnly: boolean
  readonly oneWay: boolean
  readonly differencesOnly: boolean
  /** Instead of what the configuration says. */
  readonly overrides: Given
  readonly filter: FilterInput
}) {
  const output = yield* Output.make
  const filter = yield* filterOf(flags.filter)
  const source = yield* Place.open(flags.source, flags.overrides)
  const destination = yield* Place.open(flags.destination, { links: flags.overrides.links })
  const within = Compare.precision(source.capabilities, destination.capabilities)
  const by = flags.sizeOnly ? "size" : flags.checksum ? "checksum" : "time"
  const isOut = (entry: Entry): boolean =>
    entry._tag === "Directory" || (entry._tag === "File" && filter !== undefined && !filter.includes(entry))

  const visit = (ours: Entry | undefined, theirs: Entry | undefined): Finding | Pair | undefined => {
    const one = ours ?? theirs
    if (one === undefined || isOut(one)) return undefined
    const skipped = ours?._tag === "Skipped" ? ours : theirs
    if (skipped?._tag === "Skipped") {
      if (skipped.isFailure || (ours !== undefined && theirs !== undefined)) {
        return unreadable(skipped.path, skipped.because)
      }
      output.note(`skipped ${printable(skipped.path)}: ${printable(skipped.because)}`)
      return undefined
    }
    if (ours?._tag === "File" && theirs?._tag === "File") return { _tag: "Pair", ours, theirs }
    if (ours !== undefined) return { _tag: "OnlySource", path: one.path }
    return flags.oneWay ? undefined : { _tag: "OnlyDestination", path: one.path }
  }

  const compare = ({ ours, theirs }: Pair): Effect.Effect<Finding, StorageError> => {
    const { path } = ours
    const verdict = Compare.decide(ours, theirs, { by }, within)
    if (verdict._tag === "Same") return Effect.succeed({ _tag: "Same", path })
    if (verdict._tag === "Differs") return Effect.succeed({ _tag: "Different", path, because: verdict.because })
    const digests = Effect.all([sha1Of(source, ours), sha1Of(destination, theirs)], { concurrency: 2 })
    return Effect.map(digests, ([left, right]): Finding => {
      if (left === undefined || right === undefined) {
        if (by === "checksum") return unreadable(path, "no checksum to compare by")
        return { _tag: "Different", path, because: "time differs" }
      }
      return left === right ? { _tag: "Same", path } : { _tag: "Different", path, because: "checksum differs" }
    })
  }

  const counts: Record<Kind, number> = { Same: 0, OnlySource: 0, OnlyDestination: 0, Different: 0, Unreadable: 0 }
  const print = (finding: Finding): void => {
    counts[finding._tag]++
    if (flags.differencesOnly && finding._tag === "Same") return
    const because = finding.because === undefined ? "" : ` (${printable(finding.because)})`
    if (output.isJson) output.json(finding)
    else output.line(`${signs[finding._tag]} ${printable(finding.path)}${because}`)
  }
  const listing = (provider: Provider) =>
    inOrder(provider, root, filter === undefined ? {} : { mayContain: filter.mayContain })
  const findings = MergedListing.visitBoth(listing(source), listing(destination), visit)
  yield* Stream.runForEachArray(findings, (found) =>
    Effect.map(
      Effect.forEach(
        found,
        (one) =>
          one._tag !== "Pair"
            ? Effect.succeed(one)
            : Effect.catch(retrying(compare(one)), (error) =>
                error.stopsJob ? Effect.fail(error) : Effect.succeed(unreadable(one.ours.path, error.reason.message))
              ),
        { concurrency: 4 }
      ),
      (settled) => settled.forEach(print)
    )
  )
  if (output.isJson) output.json({ _tag: "Totals", ...counts })
  else if (!output.isQuiet) {
    const parts = [
      `${Amount.count(counts.Same)} the same`,
      `${Amount.count(counts.Different)} different`,
      `${Amount.count(counts.OnlySource)} only at the source`,
      flags.oneWay ? undefined : `${Amount.count(counts.OnlyDestination)} only at the destination`,
      `${Amount.count(counts.Unreadable)} could not be compared`
    ]
    output.line(parts.filter((part) => part !== undefined).join(", "))
  }
  const nothing = Object.values(counts).every((count) => count === 0)
  if (nothing && !(yield* Place.isFolder(flags.source))) return yield* Place.missing(flags.source)
  if (nothing && !(yield* Place.isFolder(flags.destination))) return yield* Place.missing(flags.destination)
  const differs = counts.Different + counts.OnlySource + counts.OnlyDestination > 0
  if (differs) return yield* new ExitCode.CommandStopped({ code: ExitCode.failed, message: "" })
  if (counts.Unreadable > 0) {
    return yield* new ExitCode.CommandStopped({ code: ExitCode.someFilesFailed, message: "" })
  }
}, Effect.scoped)
