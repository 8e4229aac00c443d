/** What is said between a mount and who asks about it: a line of JSON each way. */
import { Remedy } from "@ourclone/core/contract/Remedy"
import * as Schema from "effect/Schema"

export const Wish = Schema.TaggedUnion({
  Status: {},
  /** Sends everything at once, and answers when that is done or the time is over. */
  Flush: { timeoutMillis: Schema.optionalKey(Schema.Int) },
  /** `Flush`, then no mount any more. `detach` does not wait for programs that use it. */
  Unmount: { timeoutMillis: Schema.optionalKey(Schema.Int), detach: Schema.Boolean }
})
export type Wish = typeof Wish.Type

export const Unsent = Schema.Struct({
  path: Schema.String,
  what: Schema.Literals(["file", "directory", "removal"]),
  error: Schema.optionalKey(Schema.String),
  remedy: Schema.optionalKey(Remedy),
  isParked: Schema.Boolean
})

export const Status = Schema.Struct({
  waiting: Schema.Int,
  parked: Schema.Int,
  sending: Schema.Int,
  sent: Schema.Int,
  open: Schema.Int,
  cacheUsed: Schema.Int,
  cacheSize: Schema.Int,
  fetched: Schema.Int,
  hidden: Schema.Int,
  unreachable: Schema.optionalKey(Schema.String)
})
export type Status = typeof Status.Type

/** What was not sent, 1,000 of them at most, and why the storage did not answer, where it did not. */
export const Drained = Schema.Struct({
  unsent: Schema.Array(Unsent),
  unreachable: Schema.optionalKey(Schema.String)
})
export type Drained = typeof Drained.Type

export const Answer = Schema.TaggedUnion({
  Status: { status: Status, unsent: Schema.Array(Unsent) },
  Drained: { drained: Drained },
  /** Programs use the folder: it is still mounted. */
  Busy: { message: Schema.String },
  Refused: { message: Schema.String }
})
export type Answer = typeof Answer.Type

export const encodeWish = Schema.encodeSync(Schema.fromJsonString(Wish))
export const decodeWish = Schema.decodeUnknownOption(Schema.fromJsonString(Wish))
export const encodeAnswer = Schema.encodeSync(Schema.fromJsonString(Answer))
export const decodeAnswer = Schema.decodeUnknownOption(Schema.fromJsonString(Answer))
