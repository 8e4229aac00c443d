/** How many files lie below a folder or in all buckets of an account, and their bytes. What could not be read is a row of its own. */
import { Skipped } from "@ourclone/core/contract/Entry"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import type { QueryKind } from "../kind/JobKind.ts"
import { filterFields } from "../place/FilterFields.ts"
import { moment } from "../place/StateFields.ts"
import * as List from "./List.ts"
import { listing } from "./StorageFields.ts"

export const Request = Schema.Struct({ path: listing.path, ...moment, ...filterFields })
export type Request = typeof Request.Type

export const Size = Schema.TaggedStruct("Size", { files: Schema.Int, bytes: Schema.Int })
export const Row = Schema.Union([Skipped, Size])
export type Row = typeof Row.Type

export const kind: QueryKind<"size", Request, Row> = {
  type: "size",
  request: Request,
  row: Row,
  needs: () => [],
  run: (request, beside) =>
    Stream.suspend(() => {
      let files = 0
      let bytes = 0
      const skipped = List.entries(request, beside, { allBuckets: true }).pipe(
        Stream.filter((entry) => {
          if (entry._tag !== "File") return entry._tag === "Skipped"
          files++
          bytes += entry.size
          return false
        }),
        Stream.map((entry) => entry as typeof Skipped.Type)
      )
      const sum = Effect.sync((): Row => ({ _tag: "Size", files, bytes }))
      return Stream.concat(skipped, Stream.fromEffect(sum))
    })
}
