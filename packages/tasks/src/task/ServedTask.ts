/** A task as a service tells it. What concerns its runner alone is not told, nor are the words of hooks. */
import { Progress } from "@ourclone/core/events/RunEvent"
import type * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { Task } from "./Task.ts"

const decode = Schema.decodeUnknownEffect(Schema.toCodecJson(Task))

const isProgress = Schema.decodeUnknownOption(Schema.toCodecJson(Progress))

const hookOf = (program: unknown) =>
  typeof program === "string" ? { command: [program] as const, limitMillis: 0 } : null

export interface Told {
  readonly hooks?: { readonly before?: unknown; readonly after?: unknown }
}

export const hooksOf = ({ hooks }: Told) => ({ before: hookOf(hooks?.before), after: hookOf(hooks?.after) })

/** Fails where it is none that is known here. How far it is, in a way that is not known, is passed over as any event is. */
export const read = (told: unknown): Effect.Effect<Task, Schema.SchemaError> => {
  const given = (told ?? {}) as Told & { readonly run?: unknown; readonly progress?: unknown }
  const fields = { ...given, progress: Option.isSome(isProgress(given.progress)) ? given.progress : null }
  const own = { take: fields.run, deferrals: 0, owner: null, leaseUntil: null }
  return decode({ ...fields, ...own, hooks: hooksOf(fields) })
}
