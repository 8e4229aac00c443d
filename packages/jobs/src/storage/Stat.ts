/** What is known about a file, or that there is a folder. */
import { File } from "@ourclone/core/contract/Entry"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import type { Beside, QueryKind } from "../kind/JobKind.ts"
import * as FileOrFolder from "../place/FileOrFolder.ts"
import { moment, oneVersion } from "../place/StateFields.ts"
import { fileOrFolder } from "./StorageFields.ts"

export const Request = Schema.Struct({ ...fileOrFolder, ...moment, ...oneVersion })
export type Request = typeof Request.Type

export const Row = Schema.Union([File, Schema.TaggedStruct("Directory", { path: Schema.String })])
export type Row = typeof Row.Type

const row = Effect.fnUntraced(function* ({ at, path, versionId }: Request, { tell }: Beside) {
  const found = yield* FileOrFolder.find(path, tell, { at, versionId })
  if (found._tag === "File") return found.file satisfies Row
  if (!(yield* FileOrFolder.exists(found, path, tell, { at }))) return yield* FileOrFolder.missing(path)
  return { _tag: "Directory", path } as const
}, Effect.scoped)

export const kind: QueryKind<"stat", Request, Row> = {
  type: "stat",
  request: Request,
  row: Row,
  needs: () => [],
  run: (request, beside) => Stream.fromEffect(row(request, beside))
}
