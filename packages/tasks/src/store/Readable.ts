import type { Read } from "@ourclone/core/events/Envelope"
import type * as Effect from "effect/Effect"
import type { Task } from "../task/Task.ts"

/** Where tasks are kept, here or at a service, as far as they are followed. */
export interface Readable<E> {
  readonly load: (id: string) => Effect.Effect<Task, E>
  /** Facts after number `after`, in order; those that are not known here by their place. */
  readonly facts: (id: string, after: number, limit: number) => Effect.Effect<ReadonlyArray<Read>, E>
}
