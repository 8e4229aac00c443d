/** Notifications that are to be delivered: kept first and sent then, so that a crash loses none. */
import type * as Effect from "effect/Effect"
import type { TaskError } from "./TaskError.ts"

export interface Delivery {
  readonly id: string
  /** The name of its target. */
  readonly target: string
  /** As JSON. */
  readonly body: string
  readonly createdAt: number
  /** How often it was tried. */
  readonly tries: number
  /** Why it was not taken the last time. */
  readonly error: string | null
}

type Answer<A> = Effect.Effect<A, TaskError>

export interface DeliveryStore {
  /** Kept once for a target and a key, however often it is said. */
  readonly add: (target: string, key: string, body: string) => Answer<void>
  readonly due: (limit: number) => Answer<ReadonlyArray<Delivery>>
  readonly sent: (id: string) => Answer<void>
  /** It is due again at `again`, or never where that is null. */
  readonly failed: (id: string, error: string, again: number | null) => Answer<void>
  /** Those that were not taken, the newest first: given up, or still tried. */
  readonly problems: (limit: number) => Answer<ReadonlyArray<Delivery>>
  /** What was noted under a name; "" where nothing was. */
  readonly mark: (name: string) => Answer<number>
  readonly setMark: (name: string, value: number) => Answer<void>
}
