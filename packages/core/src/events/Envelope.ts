/** An event with its place in the run. */
import * as Schema from "effect/Schema"
import { RunEvent } from "./RunEvent.ts"

/** Optional fields and new facts may come without another number; anything else raises it. Readers pass over facts that they do not know. */
export const version = 1

export const Envelope = Schema.Struct({
  v: Schema.Literal(version),
  /** Facts are counted from 1 without gaps; a gauge has no number. */
  seq: Schema.optionalKey(Schema.Int),
  /** Milliseconds since 1970 UTC. */
  at: Schema.Int,
  event: RunEvent
})
export type Envelope = typeof Envelope.Type
