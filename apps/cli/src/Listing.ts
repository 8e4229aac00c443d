/** What `ls` and its kin have in common: the entries below a text, filtered, in chunks. */
import type { Entry } from "@ourclone/core/contract/Entry"
import type { ListOptions } from "@ourclone/core/contract/Provider"
import { root } from "@ourclone/core/contract/RemotePath"
import { datedListing } from "@ourclone/core/engine/FileTime"
import type { Filter } from "@ourclone/core/filter/Filter"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import * as ExitCode from "./ExitCode.ts"
import type { Output } from "./Output.ts"
import * as Place from "./Place.ts"
import { printable } from "./PrintableText.ts"

export interface ListingInput {
  readonly path: string
  readonly filter: Filter | undefined
  /** 1 is the folder alone, with the folders in it. */
  readonly maxDepth?: number | undefined
}

const depthOf = (path: string): number => path.split("/").length

const isWanted = (entry: Entry, { filter, maxDepth }: ListingInput): boolean => {
  if (maxDepth !== undefined && maxDepth > 1 && depthOf(entry.path) > maxDepth) return false
  if (filter === undefined || entry._tag === "Skipped") return true
  return entry._tag === "Directory" ? filter.mayContain(entry.path) : filter.includes(entry)
}

/**
 * Hands on each chunk of entries, then calls `onEnd`. A text that names a file
 * gives that file. Fails with `NotFound` when it names nothing, and, after the
 * end, with the code for failed files when something could not be read.
 */
export const visit = Effect.fnUntraced(function* (
  output: Output,
  input: ListingInput,
  onEntries: (entries: ReadonlyArray<Entry>) => void,
  onEnd: () => void = () => {}
) {
  const { filter, maxDepth, path } = input
  const provider = yield* Place.open(path)
  const options: ListOptions = {
    ...(maxDepth === 1 ? { depth: 1 as const } : {}),
    ...(filter === undefined ? {} : { mayContain: filter.mayContain })
  }
  let isEmpty = true
  let failures = 0
  const chunk = (entries: ReadonlyArray<Entry>): void => {
    isEmpty = false
    const wanted: Array<Entry> = []
    for (const entry of entries) {
      if (!isWanted(entry, input)) continue
      if (entry._tag !== "Skipped") wanted.push(entry)
      else if (entry.isFailure) {
        failures++
        output.problem(`${entry.path}: ${entry.because}`)
      } else output.note(`skipped ${printable(entry.path)}: ${printable(entry.because)}`)
    }
    onEntries(wanted)
  }
  const listed = Stream.runForEachArray(datedListing(provider, provider.list(root, options)), (entries) =>
    Effect.sync(() => chunk(entries))
  )
  yield* Effect.catchIf(listed, Place.mayBeFile, (error) =>
    Effect.flatMap(Place.findFile(path), (found) =>
      found === undefined ? Effect.fail(error) : Effect.sync(() => chunk([found.file]))
    )
  )
  if (isEmpty) {
    const found = yield* Place.findFile(path)
    if (found !== undefined) chunk([found.file])
    else if (!(yield* Place.isFolder(path))) return yield* Place.missing(path)
  }
  onEnd()
  if (failures > 0) return yield* new ExitCode.CommandStopped({ code: ExitCode.someFilesFailed, message: "" })
})
