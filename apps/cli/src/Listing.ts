/** What `ls` and its kin have in common: the entries below a text, in chunks. */
import type { Entry } from "@ourclone/core/contract/Entry"
import { printable } from "@ourclone/core/events/PrintableText"
import { kind } from "@ourclone/jobs/storage/List"
import * as Effect from "effect/Effect"
import { absolute } from "./AbsolutePlace.ts"
import * as ExitCode from "./ExitCode.ts"
import type { FilterInput } from "./FilterFlags.ts"
import { filterRequest } from "./FilterRequest.ts"
import { given } from "./Given.ts"
import type { Output } from "./Output.ts"
import * as QueryRun from "./QueryRun.ts"
import { told } from "./words/remedies.ts"

export interface ListingInput {
  readonly path: string
  readonly filters: FilterInput
  /** 1 is the folder alone, with the folders in it. */
  readonly maxDepth?: number | undefined
  /** As it was then, in milliseconds since 1970 UTC. */
  readonly at?: number | undefined
}

/** Says what was passed over, and counts what failed. */
export const makeSkips = (output: Output) => {
  let failures = 0
  return {
    take: ({ because, isFailure, path, remedy }: Extract<Entry, { readonly _tag: "Skipped" }>): void => {
      const why = told({ message: because, remedy })
      if (isFailure) {
        failures++
        output.problem(`${path}: ${why}`)
      } else output.note(`skipped ${printable(path)}: ${printable(why)}`)
    },
    /** Fails with the code for failed files when something could not be read. */
    end: Effect.suspend(() =>
      failures > 0
        ? Effect.fail(new ExitCode.CommandStopped({ code: ExitCode.someFilesFailed, message: "" }))
        : Effect.void
    )
  }
}

/**
 * Hands on each chunk of entries, then calls `onEnd`. A text that names a file
 * gives that file. Fails with `NotFound` when it names nothing, and, after the
 * end, with the code for failed files when something could not be read.
 */
export const visit = Effect.fnUntraced(function* (
  output: Output,
  { at, filters, maxDepth, path }: ListingInput,
  onEntries: (entries: ReadonlyArray<Entry>) => void,
  onEnd: () => void = () => {}
) {
  const request = {
    path: absolute(path),
    ...given({ at, maxDepth }),
    ...(yield* filterRequest(filters))
  }
  const skips = makeSkips(output)
  yield* QueryRun.each(kind, request, output, (entries) => {
    const wanted: Array<Entry> = []
    for (const entry of entries) {
      if (entry._tag === "Skipped") skips.take(entry)
      else wanted.push(entry)
    }
    onEntries(wanted)
  })
  onEnd()
  yield* skips.end
})
