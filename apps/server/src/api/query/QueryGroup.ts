/**
 * Looking: queries of `packages/jobs` as rows, previews as events, files as bytes.
 *
 * Requests and rows are those of the kind, which `kinds` describes: `list`, `stat`, `versions`, `buckets`, `size`,
 * `repositories`, `snapshots`, `snapshotLs`, `find`, `diff`, `stats`, `info`, `keyList`, `unfinished`.
 */
import { Envelope } from "@ourclone/core/events/Envelope"
import { Failure } from "@ourclone/core/events/Failure"
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as Schema from "effect/Schema"
import { Needs, OnlyLooks } from "../Callers.ts"
import { Forbidden, NotThere, Refused, StorageFailed, Unavailable } from "../Problem.ts"
import { text } from "../Text.ts"

export const KindAnswer = Schema.Struct({
  type: Schema.String,
  /** What a job would do can be asked for. */
  canPreview: Schema.Boolean,
  /** JSON Schema, draft 2020-12, of requests. */
  request: Schema.Json,
  /** The same of rows, or of the summary of a job; null for bytes. */
  answer: Schema.Json
}).annotate({ identifier: "Kind" })
export type KindAnswer = typeof KindAnswer.Type

export const KindsAnswer = Schema.Struct({
  jobs: Schema.Array(KindAnswer),
  queries: Schema.Array(KindAnswer),
  bytes: Schema.Array(KindAnswer)
}).annotate({ identifier: "Kinds" })

export const Kind = text(0, 64)

export const QueryRequest = Schema.Struct({
  request: Schema.Json.annotate({ description: "As the kind says" }),
  limit: Schema.optionalKey(
    Schema.Int.pipe(Schema.check(Schema.isBetween({ minimum: 1, maximum: 10_000 }))).annotate({
      description: "Rows at most; 1000 when absent"
    })
  )
}).annotate({ identifier: "Query" })

export const QueryAnswer = Schema.Struct({
  rows: Schema.Array(Schema.Json),
  /** There are more rows than these. */
  isCut: Schema.Boolean
}).annotate({ identifier: "Rows" })
export type QueryAnswer = typeof QueryAnswer.Type

/** One line of an answer that streams. One that ends without `End` or `Failed` was cut off. */
export const RowLine = Schema.TaggedUnion({
  Row: { row: Schema.Json },
  End: {},
  Failed: { failure: Failure }
}).annotate({ identifier: "RowLine" })
export type RowLine = typeof RowLine.Type

export const JobRequest = Schema.Struct({
  kind: Kind,
  request: Schema.Json.annotate({ description: "As the kind says; holds no secret" })
}).annotate({ identifier: "JobRequest" })

export class QueryGroup extends HttpApiGroup.make("query")
  .add(
    HttpApiEndpoint.get("kinds", "/kinds", { success: KindsAnswer, error: Unavailable }).annotate(Needs, "read"),
    HttpApiEndpoint.post("rows", "/queries/:kind", {
      params: { kind: Kind },
      payload: QueryRequest,
      success: QueryAnswer,
      error: [Refused, Forbidden, NotThere, StorageFailed, Unavailable]
    })
      .annotate(Needs, "read")
      .annotate(OnlyLooks, true),
    HttpApiEndpoint.post("allRows", "/queries/:kind/lines", {
      params: { kind: Kind },
      payload: QueryRequest,
      success: HttpApiSchema.StreamNdjson({ schema: RowLine }),
      error: [Refused, Forbidden, NotThere, StorageFailed, Unavailable]
    })
      .annotate(Needs, "read")
      .annotate(OnlyLooks, true),
    HttpApiEndpoint.post("preview", "/previews", {
      payload: JobRequest,
      success: HttpApiSchema.StreamNdjson({ schema: Envelope }),
      error: [Refused, Forbidden, NotThere, StorageFailed, Unavailable]
    })
      .annotate(Needs, "run")
      .annotate(OnlyLooks, true),
    /** Whether a task may be asked for so: what the request lacks and, as of a folder to mount on, what is sure to go wrong. */
    HttpApiEndpoint.post("check", "/checks", {
      payload: JobRequest,
      success: HttpApiSchema.NoContent,
      error: [Refused, Forbidden, NotThere, StorageFailed, Unavailable]
    })
      .annotate(Needs, "run")
      .annotate(OnlyLooks, true)
  )
  .prefix("/api/v1") {}
