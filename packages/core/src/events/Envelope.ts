/** An event with its place in the run. */
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { Fact, Progress, RunEvent } from "./RunEvent.ts"

/** Optional fields and new facts may come without another number; anything else raises it. Readers pass over facts that they do not know. */
export const version = 1

const place = {
  v: Schema.Literal(version),
  /** Facts are counted from 1 without gaps; a gauge has no number. */
  seq: Schema.optionalKey(Schema.Int),
  /** Milliseconds since 1970 UTC. */
  at: Schema.Int
}

export const Envelope = Schema.Struct({ ...place, event: RunEvent })
export type Envelope = typeof Envelope.Type

/** What a reader makes of an event that is newer than it is: only its place in the run counts. */
export const PassedOver = Schema.Struct({ ...place, event: Schema.Struct({ _tag: Schema.String }) })
export type PassedOver = typeof PassedOver.Type

export type Read = Envelope | (Omit<PassedOver, "event"> & { readonly event: undefined })

const decode = Schema.decodeUnknownOption(Schema.toCodecJson(Envelope))
const decodePassedOver = Schema.decodeUnknownOption(PassedOver)
const known = new Set<string>([...Object.keys(Fact.cases), Progress.fields._tag.schema.literal])

/** Reads what `JSON.parse` gave. An event of an unknown name is passed over; none for anything that is no envelope of this version. */
export const read = (json: unknown): Option.Option<Read> =>
  Option.orElse(decode(json), () =>
    Option.flatMap(decodePassedOver(json), ({ event, ...place }) =>
      known.has(event._tag) ? Option.none() : Option.some({ ...place, event: undefined })
    )
  )
