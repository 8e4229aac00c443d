/** A task as a service tells it. What concerns its runner alone is not told, nor are the words of hooks. */
import type * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { Task } from "./Task.ts"

const decode = Schema.decodeUnknownEffect(Schema.toCodecJson(Task))

const hookOf = (program: unknown) =>
  typeof program === "string" ? { command: [program] as const, limitMillis: 0 } : null

/** Fails where it is none that is known here. */
export const read = (told: unknown): Effect.Effect<Task, Schema.SchemaError> => {
  const fields = (told ?? {}) as { readonly run?: unknown; readonly hooks?: { before?: unknown; after?: unknown } }
  const hooks = { before: hookOf(fields.hooks?.before), after: hookOf(fields.hooks?.after) }
  return decode({ ...fields, take: fields.run, deferrals: 0, owner: null, leaseUntil: null, hooks })
}
