/** `ls`: a line for each file, the newest facts a listing has. */
import type { Entry } from "@ourclone/core/contract/Entry"
import * as Amount from "@ourclone/core/events/Amount"
import { printable } from "@ourclone/core/events/PrintableText"
import * as Effect from "effect/Effect"
import type { FilterInput } from "./FilterFlags.ts"
import * as Listing from "./Listing.ts"
import * as Output from "./Output.ts"

const blank = `${"-".padStart(9)}  ${"".padEnd(19)}  `

export const lineOf = (entry: Entry): string =>
  entry._tag === "File"
    ? `${Amount.bytes(entry.size).padStart(9)}  ${Amount.time(entry.modifiedAt ?? 0)}  ${printable(entry.path)}`
    : `${blank}${printable(entry.path)}/`

export const run = Effect.fnUntraced(function* (flags: {
  readonly path: string
  readonly maxDepth: number | undefined
  readonly at: number | undefined
  readonly filters: FilterInput
}) {
  const output = yield* Output.make
  yield* Listing.visit(output, flags, (entries) => {
    if (output.isJson) for (const entry of entries) output.json(entry)
    else for (const entry of entries) output.line(lineOf(entry))
  })
}, Effect.scoped)
