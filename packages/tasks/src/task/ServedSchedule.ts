/** A schedule as a service tells it. Who made it is not told, nor are the words of hooks. */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { Schedule } from "./Schedule.ts"
import * as ServedTask from "./ServedTask.ts"
import type { Task } from "./Task.ts"

const decode = Schema.decodeUnknownEffect(Schema.toCodecJson(Schedule))

export interface Served {
  readonly schedule: Schedule
  /** The newest that it made. */
  readonly last: Task | undefined
}

/** Fails where it is none that is known here. */
export const read = Effect.fnUntraced(function* (told: unknown): Effect.fn.Return<Served, Schema.SchemaError> {
  const fields = (told ?? {}) as ServedTask.Told & { readonly createdAt?: unknown; readonly lastTask?: unknown }
  const hooks = ServedTask.hooksOf(fields)
  const schedule = yield* decode({ ...fields, by: null, lookedAt: fields.createdAt, hooks })
  const { lastTask = null } = fields
  return { schedule, last: lastTask === null ? undefined : yield* ServedTask.read(lastTask) }
})
