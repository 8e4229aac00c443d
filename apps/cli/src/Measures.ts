/** `hashsum` and `du`: what files and folders come to. */
import * as Amount from "@ourclone/core/events/Amount"
import { printable } from "@ourclone/core/events/PrintableText"
import * as DiskUsage from "@ourclone/jobs/storage/DiskUsage"
import * as HashSum from "@ourclone/jobs/storage/HashSum"
import * as Effect from "effect/Effect"
import { absolute } from "./AbsolutePlace.ts"
import type { FilterInput } from "./FilterFlags.ts"
import { filterRequest } from "./FilterRequest.ts"
import { given } from "./Given.ts"
import * as Listing from "./Listing.ts"
import * as Output from "./Output.ts"
import * as QueryRun from "./QueryRun.ts"
import { sumLine } from "./SumLine.ts"

interface Looking {
  readonly path: string
  readonly at: number | undefined
  readonly filters: FilterInput
}

export const hashsum = Effect.fnUntraced(function* (
  flags: Looking & { readonly algorithm: HashSum.Request["algorithm"]; readonly download: boolean }
) {
  const output = yield* Output.make
  const { algorithm, at, download, filters, path } = flags
  const request = { path: absolute(path), algorithm, download, ...given({ at }), ...(yield* filterRequest(filters)) }
  const skips = Listing.makeSkips(output)
  yield* QueryRun.each(HashSum.kind, request, output, (rows) => {
    for (const row of rows) {
      if (row._tag === "Skipped") skips.take(row)
      else if (output.isJson) output.json(row)
      else output.line(sumLine(row.digest, row.path))
    }
  })
  yield* skips.end
}, Effect.scoped)

export const du = Effect.fnUntraced(function* (flags: Looking & { readonly maxDepth: number | undefined }) {
  const output = yield* Output.make
  const { at, filters, maxDepth, path } = flags
  const request = { path: absolute(path), ...given({ at, maxDepth }), ...(yield* filterRequest(filters)) }
  const skips = Listing.makeSkips(output)
  yield* QueryRun.each(DiskUsage.kind, request, output, (rows) => {
    for (const row of rows) {
      if (row._tag === "Skipped") skips.take(row)
      else if (output.isJson) output.json(row)
      else {
        const name = row.path === "" ? "." : printable(row.path)
        output.line(`${Amount.bytes(row.bytes).padStart(9)}  ${Amount.files(row.files).padStart(12)}  ${name}`)
      }
    }
  })
  yield* skips.end
}, Effect.scoped)
