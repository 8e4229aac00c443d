/**
 * What goes between the service and its side process: HTTP over a socket in a folder that only this user may enter.
 *
 * A request's order is JSON, in the body, or in the header `x-order` where the body is a file. Answers stream, so that a
 * slow reader slows its storage, and a reader that goes away ends the work.
 */
import * as Schema from "effect/Schema"
import { RowLine } from "../api/query/QueryGroup.ts"
import { FoldersAnswer } from "../api/storage/LocalGroup.ts"

/** The first line of the side process's standard input; when that ends, the service is gone. */
export const Start = Schema.Struct({
  /** Of this process alone: it removes it at its end, when the service may be no more. */
  folder: Schema.String,
  socket: Schema.String,
  /** What every request shows in `x-token`. */
  token: Schema.String
})
export type Start = typeof Start.Type

export const orderHeader = "x-order"
export const tokenHeader = "x-token"
/** How the storage names the file, its size and what tells it from others, in answers with bytes. */
export const factsHeader = "x-facts"

const roots = { roots: Schema.Array(Schema.String), closed: Schema.Array(Schema.String) }
const asked = { type: Schema.String, request: Schema.Json }

export const Order = Schema.TaggedUnion({
  /**
   * What is wrong with a request, and which secrets it wants; `family` says where `type` is looked for. One that will be
   * alone must find its secrets in the configuration.
   */
  Check: { family: Schema.Literals(["job", "query", "bytes"]), isAlone: Schema.Boolean, ...asked },
  /** Whether a run of a job is sure to go wrong; places were judged before, as it looks at them. */
  Foresee: asked,
  Kinds: {},
  /** Which of these names of this machine may be used, in their order. */
  Judge: { ...roots, names: Schema.Array(Schema.String) },
  Folders: { ...roots, name: Schema.NullOr(Schema.String) },
  Rows: asked,
  Preview: asked,
  Bytes: asked,
  Read: {
    path: Schema.String,
    versionId: Schema.NullOr(Schema.String),
    range: Schema.NullOr(Schema.String),
    ifRange: Schema.NullOr(Schema.String)
  },
  Write: { path: Schema.String, size: Schema.NullOr(Schema.Int), overwrite: Schema.Boolean },
  Test: {
    place: Schema.String,
    options: Schema.Record(Schema.String, Schema.Union([Schema.String, Schema.Finite, Schema.Boolean]))
  }
})
export type Order = typeof Order.Type

export const encodeOrder = Schema.encodeSync(Schema.fromJsonString(Order))
export const decodeOrder = Schema.decodeUnknownSync(Schema.fromJsonString(Order))

export const Issue = Schema.Struct({
  path: Schema.Array(Schema.Union([Schema.String, Schema.Int])),
  message: Schema.String
})

export const Checked = Schema.TaggedUnion({
  Fine: { needs: Schema.Array(Schema.String) },
  Unknown: { message: Schema.String },
  Refused: { message: Schema.String, issues: Schema.Array(Issue) }
})
export type Checked = typeof Checked.Type

export const Verdict = Schema.TaggedUnion({ Allowed: { path: Schema.String }, Refused: { because: Schema.String } })
export type Verdict = typeof Verdict.Type

export const Folders = Schema.TaggedUnion({
  Found: { found: FoldersAnswer },
  Refused: { message: Schema.String },
  NotThere: { message: Schema.String }
})
export type Folders = typeof Folders.Type

export const encodeLine = Schema.encodeSync(Schema.fromJsonString(RowLine))
export const decodeLine = Schema.decodeUnknownSync(Schema.fromJsonString(RowLine))

/** Of a file that is sent. */
export const FileFacts = Schema.Struct({
  size: Schema.Int,
  modifiedAt: Schema.Int,
  /** A strong ETag, or "" where nothing tells this file from another. */
  etag: Schema.String,
  name: Schema.String,
  /** The bytes that follow, where not all do. */
  part: Schema.NullOr(Schema.Struct({ offset: Schema.Int, length: Schema.Int }))
})
export type FileFacts = typeof FileFacts.Type
