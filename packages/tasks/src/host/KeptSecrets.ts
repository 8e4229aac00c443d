/**
 * Secrets that were given for tasks: in memory alone, for every runner of the task until it has ended.
 *
 * Whoever has them starts the runners of that task, though another host starts all others: it has the role of the task's
 * starter in the journal.
 */
import type { ProcessIdentity } from "@ourclone/core/machine/ProcessIdentity"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import { none, type Secrets } from "../runner/StoredSecrets.ts"
import type { TaskError } from "../store/TaskError.ts"
import type { TaskStore } from "../store/TaskStore.ts"
import { starterOf } from "../task/Task.ts"
import { hasEnded } from "../task/TaskState.ts"

export interface KeptSecrets {
  readonly of: (id: string) => Secrets
  readonly has: (id: string) => boolean
  readonly isEmpty: () => boolean
  /** Of a task whose starter this process is already. */
  readonly add: (id: string, secrets: Secrets) => void
  /** Also makes this process the starter, where no other is. */
  readonly keep: (id: string, secrets: Secrets) => Effect.Effect<void, TaskError>
  readonly forget: (id: string) => Effect.Effect<void, TaskError>
  /** Forgets those of tasks that have ended, now and then. */
  readonly turn: Effect.Effect<void, TaskError>
}

/** Long enough for a host that is held up; a process that has ended has no role at all. */
export const starterMillis = 300_000
const turnMillis = 60_000

export const make = (store: TaskStore, owner: ProcessIdentity): KeptSecrets => {
  const all = new Map<string, Secrets>()
  let turnedAt = Number.NEGATIVE_INFINITY

  const forget = (id: string) =>
    Effect.suspend(() => (all.delete(id) ? Effect.asVoid(store.hold(starterOf(id), owner, 0)) : Effect.void))

  const renew = (id: string) =>
    store.load(id).pipe(
      Effect.flatMap(({ state }) =>
        hasEnded(state) ? forget(id) : Effect.asVoid(store.hold(starterOf(id), owner, starterMillis))
      ),
      Effect.catchIf(
        ({ reason }) => reason._tag === "NoTask",
        () => forget(id)
      )
    )

  const add = (id: string, secrets: Secrets): void => {
    if (secrets.size > 0) all.set(id, secrets)
  }

  return {
    of: (id) => all.get(id) ?? none,
    has: (id) => all.has(id),
    isEmpty: () => all.size === 0,
    add,
    keep: Effect.fnUntraced(function* (id, secrets) {
      if (secrets.size === 0 || !(yield* store.hold(starterOf(id), owner, starterMillis))) return
      add(id, secrets)
    }),
    forget,
    turn: Effect.gen(function* () {
      const now = yield* Clock.currentTimeMillis
      if (now - turnedAt < turnMillis) return
      turnedAt = now
      yield* Effect.forEach([...all.keys()], renew, { discard: true })
    })
  }
}
