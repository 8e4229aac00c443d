/**
 * What goes between the screens and the process that looks for them: JSON, one object a line.
 *
 * A process of its own looks into storage, so that neither a disk that does not answer, nor a crash, nor what that takes
 * to load is felt on the screen.
 */
import { Envelope } from "@ourclone/core/events/Envelope"
import { Failure } from "@ourclone/core/events/Failure"
import { Plan } from "@ourclone/tasks/task/Schedule"
import * as Schema from "effect/Schema"

const secrets = Schema.Record(Schema.String, Schema.String)
const options = Schema.Record(Schema.String, Schema.Union([Schema.String, Schema.Finite, Schema.Boolean]))
const wanted = { type: Schema.String, request: Schema.Json, secrets }

export const Order = Schema.TaggedUnion({
  Rows: wanted,
  Preview: wanted,
  /** Names of the secrets that a job wants, and of those that nobody has. */
  Needs: wanted,
  Storage: {},
  Types: {},
  AddStorage: { name: Schema.String, type: Schema.String, options },
  RemoveStorage: { name: Schema.String },
  TestStorage: { name: Schema.String },
  AddRepository: { name: Schema.String, location: Schema.String },
  RemoveRepository: { name: Schema.String },
  AddSchedule: { plan: Plan, by: Schema.String }
})
export type Order = typeof Order.Type

/** Answers are told apart by `id`; `Stop` ends the work for one. */
export const ToDesk = Schema.TaggedUnion({
  Order: { id: Schema.Int, order: Order },
  Stop: { id: Schema.Int }
})
export type ToDesk = typeof ToDesk.Type

const id = Schema.Int

export const FromDesk = Schema.TaggedUnion({
  Rows: { id, rows: Schema.Array(Schema.Json) },
  Events: { id, events: Schema.Array(Envelope) },
  Value: { id, value: Schema.Json },
  /** The last of each. */
  End: { id },
  Failed: { id, failure: Failure }
})
export type FromDesk = typeof FromDesk.Type

export const encodeToDesk = Schema.encodeSync(Schema.fromJsonString(ToDesk))
export const decodeToDesk = Schema.decodeUnknownEffect(Schema.fromJsonString(ToDesk))
export const encodeFromDesk = Schema.encodeSync(Schema.fromJsonString(FromDesk))
export const decodeFromDesk = Schema.decodeUnknownSync(Schema.fromJsonString(FromDesk))
