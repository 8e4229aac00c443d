/**
 * Secrets that were given for tasks: in memory alone, for every runner of the task until it has ended.
 *
 * Whoever has them starts the runners of that task, though another host starts all others: it has the role of the task's
 * starter in the journal.
 */
import type { ProcessIdentity } from "@ourclone/core/machine/ProcessIdentity"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { none, type Secrets } from "../runner/StoredSecrets.ts"
import type { TaskError } from "../store/TaskError.ts"
import type { TaskStore } from "../store/TaskStore.ts"
import { starterOf, type Task } from "../task/Task.ts"
import { hasEnded } from "../task/TaskState.ts"

/** Some tasks whose secrets are kept could not be looked at; the message names them. */
export class NotLooked extends Schema.TaggedError<NotLooked>()("NotLooked", { message: Schema.String }) {}

export interface KeptSecrets {
  readonly of: (id: string) => Secrets
  readonly has: (id: string) => boolean
  readonly ids: () => ReadonlyArray<string>
  /** Also makes this process the starter. False, and nothing is kept, where another one is. */
  readonly keep: (task: Task, secrets: Secrets) => Effect.Effect<boolean, TaskError>
  /** Forgets those of a task that has ended, unless they came since, for it to be begun again. */
  readonly look: (task: Task) => Effect.Effect<void, TaskError>
  /** Looks at all of them, now and then. Those that it can not are named once it has looked at the others. */
  readonly turn: Effect.Effect<void, NotLooked>
  /** Others need not wait for the leases of a process that ends. What can not be let go of keeps none of the others. */
  readonly letGo: Effect.Effect<void>
}

interface Kept {
  readonly secrets: Secrets
  /** When they came, and how often the task had been begun by then. */
  readonly at: number
  readonly take: number
}

/** Long enough for a host that is held up; a process that has ended has no role at all. */
export const starterMillis = 300_000
const turnMillis = 60_000

export const make = (store: TaskStore, owner: ProcessIdentity): KeptSecrets => {
  const all = new Map<string, Kept>()
  let turnedAt = Number.NEGATIVE_INFINITY

  const hold = (id: string, millis: number) => store.hold(starterOf(id), owner, millis)
  const forget = (id: string) => Effect.suspend(() => (all.delete(id) ? Effect.asVoid(hold(id, 0)) : Effect.void))

  const look = Effect.fnUntraced(function* ({ id, state, take }: Task) {
    const kept = all.get(id)
    if (kept === undefined || !hasEnded(state)) return
    const isNew = take === kept.take && (yield* Clock.currentTimeMillis) - kept.at < turnMillis
    if (!isNew) yield* forget(id)
  })

  const renew = (id: string) =>
    store.load(id).pipe(
      Effect.flatMap(look),
      Effect.andThen(Effect.suspend(() => (all.has(id) ? Effect.asVoid(hold(id, starterMillis)) : Effect.void))),
      Effect.catchIf(
        ({ reason }) => reason._tag === "NoTask",
        () => forget(id)
      )
    )

  return {
    of: (id) => all.get(id)?.secrets ?? none,
    has: (id) => all.has(id),
    ids: () => [...all.keys()],
    keep: Effect.fnUntraced(function* ({ id, take }, secrets) {
      if (!(yield* hold(id, starterMillis))) return false
      all.set(id, { secrets, at: yield* Clock.currentTimeMillis, take })
      return true
    }),
    look,
    turn: Effect.gen(function* () {
      const now = yield* Clock.currentTimeMillis
      if (now - turnedAt < turnMillis) return
      turnedAt = now
      const tried = Effect.forEach([...all.keys()], (id) =>
        Effect.map(Effect.result(renew(id)), (result) => ({ id, result }))
      )
      const failed = (yield* tried).flatMap(({ id, result }) =>
        Result.isFailure(result) ? [{ id, error: result.failure }] : []
      )
      const [first] = failed
      if (first === undefined) return
      const ids = failed.map(({ id }) => id).join(", ")
      return yield* new NotLooked({
        message: `the secrets that are kept for ${ids} could not be looked at: ${first.error.message}`
      })
    }),
    letGo: Effect.suspend(() => Effect.forEach([...all.keys()], (id) => Effect.ignore(forget(id)), { discard: true }))
  }
}
