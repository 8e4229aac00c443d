/**
 * What goes between a run in a process of its own and whoever started it, as JSON lines.
 *
 * Into its standard input: the request with its secrets, in one line, then what is wished of the run. Nothing of that
 * stands in an argument list, the environment or a file. Out of its standard output: envelopes. When its input ends,
 * whoever started it is gone, and the run ends as by cancel.
 */
import * as Schema from "effect/Schema"

export const Order = Schema.Struct({
  v: Schema.Literal(1),
  type: Schema.String,
  request: Schema.Json,
  isPreview: Schema.Boolean,
  /** By the names that `needs` gave. */
  secrets: Schema.Record(Schema.String, Schema.String)
})
export type Order = typeof Order.Type

const rate = Schema.Finite.pipe(Schema.check(Schema.isGreaterThan(0)))

export const Wish = Schema.TaggedUnion({
  Cancel: { by: Schema.String },
  /** What is on its way is finished, and nothing else is taken up until `Resume`. */
  Pause: {},
  Resume: {},
  /** Bytes a second that hold from now on, for runs that take `bwlimit`; null is no limit. */
  Limits: { up: Schema.NullOr(rate), down: Schema.NullOr(rate) },
  /** What the request says holds again. */
  OwnLimits: {}
})
export type Wish = typeof Wish.Type

export const encodeOrder = Schema.encodeSync(Schema.fromJsonString(Order))
export const decodeOrder = Schema.decodeUnknownEffect(Schema.fromJsonString(Order))
export const encodeWish = Schema.encodeSync(Schema.fromJsonString(Wish))
export const decodeWish = Schema.decodeUnknownOption(Schema.fromJsonString(Wish))

/** How long a run that is to end may take, before the process is ended. */
export const endMillis = 5_000
