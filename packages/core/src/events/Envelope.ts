/** An event with its place in the run. */
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { RunEvent } from "./RunEvent.ts"

/** New facts, choices and optional fields may come without another number; anything else raises it. Readers pass over events that they do not know. */
export const version = 1

const place = {
  v: Schema.Literal(version),
  seq: Schema.optionalKey(
    Schema.Int.annotate({ description: "Facts are counted from 1 without gaps; a gauge has no number" })
  ),
  at: Schema.Int.annotate({ description: "When, in milliseconds since 1970 UTC" })
}

export const Envelope = Schema.Struct({ ...place, event: RunEvent })
export type Envelope = typeof Envelope.Type

/** What a reader makes of an event that is newer than it is: only its place in the run counts. */
export const PassedOver = Schema.Struct({ ...place, event: Schema.Struct({ _tag: Schema.String }) })
export type PassedOver = typeof PassedOver.Type

export type Read = Envelope | (Omit<PassedOver, "event"> & { readonly event: undefined })

const decode = Schema.decodeUnknownOption(Schema.toCodecJson(Envelope))
const decodePassedOver = Schema.decodeUnknownOption(PassedOver)

/** Reads what `JSON.parse` gave. An event that is none of those known here is passed over; none for anything that is no envelope of this version. */
export const read = (json: unknown): Option.Option<Read> =>
  Option.orElse(decode(json), () =>
    Option.map(decodePassedOver(json), ({ event: _, ...place }) => ({ ...place, event: undefined }))
  )

/** A batch as `read` reads each: of those that are passed over the place is left, by which others are counted. */
export const readAll = (batch: ReadonlyArray<unknown>): ReadonlyArray<Read> =>
  batch.flatMap((one) => Option.toArray(read(one)))

const isKnown = (one: Read): one is Envelope => one.event !== undefined

export const onlyKnown = (batch: ReadonlyArray<Read>): ReadonlyArray<Envelope> => batch.filter(isKnown)

/** Those of a batch that are known here; the others are passed over. */
export const known = (batch: ReadonlyArray<unknown>): ReadonlyArray<Envelope> => onlyKnown(readAll(batch))
