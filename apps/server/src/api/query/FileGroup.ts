/** Bytes, down and up. Ranges are answered; nothing is kept in memory. */
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as Schema from "effect/Schema"
import { Needs } from "../Callers.ts"
import { Forbidden, NotNow, NotThere, Refused, StorageFailed, Unavailable } from "../Problem.ts"

const bytes = HttpApiSchema.StreamUint8Array()
const place = Schema.String.annotate({ description: "A file as it would be typed: photos:bucket/a.txt" })
const failing = [Refused, Forbidden, NotThere, StorageFailed, Unavailable] as const

export const UploadAnswer = Schema.Struct({ path: Schema.String, bytes: Schema.Int }).annotate({
  identifier: "Uploaded"
})

export class FileGroup extends HttpApiGroup.make("file")
  .add(
    HttpApiEndpoint.get("download", "/files", {
      query: { path: place, versionId: Schema.optionalKey(Schema.String) },
      success: bytes,
      error: [...failing]
    }).annotate(Needs, "run"),
    HttpApiEndpoint.put("upload", "/files", {
      query: {
        path: place,
        overwrite: Schema.optionalKey(Schema.Literals(["true", "false"])).annotate({
          description: "Whether a file of that name is replaced; it is not when absent"
        })
      },
      payload: HttpApiSchema.asUint8Array()(Schema.Uint8Array),
      success: UploadAnswer.pipe(HttpApiSchema.status(201)),
      error: [...failing, NotNow]
    }).annotate(Needs, "run"),
    HttpApiEndpoint.get("dump", "/snapshots/files", {
      query: {
        repository: Schema.String,
        snapshot: Schema.String,
        file: Schema.String.annotate({ description: "A file or folder in it, absolute; / for all" }),
        only: Schema.optionalKey(Schema.Union([Schema.String, Schema.Array(Schema.String)])).annotate({
          description: "Of a folder: only what has these names in it; may be repeated"
        }),
        archive: Schema.optionalKey(Schema.Literals(["zip", "tar"])).annotate({
          description: "What a folder becomes; needed for one"
        })
      },
      success: bytes,
      error: [...failing]
    }).annotate(Needs, "run")
  )
  .prefix("/api/v1") {}
