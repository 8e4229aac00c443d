/** Large files whose upload has not finished, with the parts that have arrived where that is asked. */
import { type LargeFile, Part, Unfinished } from "@ourclone/core/contract/LargeFile"
import type { StorageError } from "@ourclone/core/contract/StorageError"
import type { Tell } from "@ourclone/core/events/Tell"
import { retrying } from "@ourclone/core/layers/Retry"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import type { Beside, QueryKind } from "../kind/JobKind.ts"
import { flag } from "../kind/RequestFields.ts"
import * as FileOrFolder from "../place/FileOrFolder.ts"
import { unfinishedAt } from "./History.ts"
import { kept } from "./StorageFields.ts"

export const Request = Schema.Struct({
  ...kept,
  parts: flag("After each file, the parts of it that have arrived")
})
export type Request = typeof Request.Type

export const UnfinishedRow = Schema.TaggedStruct("Unfinished", Unfinished.fields)
export const PartRow = Schema.TaggedStruct("Part", {
  path: Unfinished.fields.path,
  id: Unfinished.fields.id,
  ...Part.fields
})
export const Row = Schema.Union([UnfinishedRow, PartRow])
export type Row = typeof Row.Type

const partsOf = (largeFile: LargeFile, file: Unfinished): Effect.Effect<ReadonlyArray<Row>, StorageError> =>
  Effect.map(retrying(Stream.runCollect(largeFile.parts(file))), (parts) =>
    parts.map((part): Row => ({ _tag: "Part", path: file.path, id: file.id, ...part }))
  )

/** A place that is there may have nothing unfinished; a file that is whole has nothing to be asked for. */
const refuseMissing = Effect.fnUntraced(function* (text: string, tell: Tell) {
  const found = yield* FileOrFolder.find(text, tell)
  if (found._tag === "File" || !(yield* FileOrFolder.exists(found, text, tell)))
    return yield* FileOrFolder.missing(text)
}, Effect.scoped)

const rows = Effect.fnUntraced(function* (request: Request, { tell }: Beside) {
  const { found, largeFile } = yield* unfinishedAt(request.path, tell)
  if (request.parts === true && found.length === 0) yield* refuseMissing(request.path, tell)
  const rowsOf = (file: Unfinished): Stream.Stream<Row, StorageError> => {
    const row = Stream.succeed<Row>({ _tag: "Unfinished", ...file })
    return request.parts === true ? Stream.concat(row, Stream.fromArrayEffect(partsOf(largeFile, file))) : row
  }
  return Stream.flatMap(Stream.fromArray(found), rowsOf)
})

export const kind: QueryKind<"unfinished", Request, Row> = {
  type: "unfinished",
  request: Request,
  row: Row,
  needs: () => [],
  run: (request, beside) => Stream.unwrap(rows(request, beside))
}
