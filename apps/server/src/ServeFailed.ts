import * as Schema from "effect/Schema"

/** The service can not begin, or not there; the message says what to change. */
export class ServeFailed extends Schema.TaggedError<ServeFailed>()("ServeFailed", {
  message: Schema.String,
  /** The machine has no such address. */
  isAbsent: Schema.optionalKey(Schema.Boolean)
}) {}
