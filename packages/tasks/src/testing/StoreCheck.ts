/** What checks of a store of tasks are made of. */
import type { Fact } from "@ourclone/core/events/RunEvent"
import type { ProcessIdentity } from "@ourclone/core/machine/ProcessIdentity"
import * as Effect from "effect/Effect"
import type { TaskError } from "../store/TaskError.ts"
import type { Batch, TaskStore } from "../store/TaskStore.ts"
import { noTotals } from "../task/Task.ts"

/** A store whose clock stands still until it is told. */
export interface StoreUnderTest {
  readonly store: TaskStore
  readonly advance: (millis: number) => void
}

export interface StoreCheck {
  readonly name: string
  readonly run: (under: StoreUnderTest) => Effect.Effect<void, TaskError>
}

export const lease = 8_000
export const owner = (pid: number): ProcessIdentity => ({ host: "here", pid, birth: "1" })
export const newTask = { kind: "sync", request: { source: "/a", destination: "b2:bucket" }, origin: "service" } as const

export const done = (item: string): Fact => ({ _tag: "Done", deed: "stored", item, bytes: 1 })
export const batch = (...facts: ReadonlyArray<Fact>): Batch => ({
  facts: facts.map((fact) => ({ at: 1, fact })),
  totals: { ...noTotals, done: facts.length },
  outcomes: [],
  mended: []
})

export const equal = (what: string, actual: unknown, expected: unknown): Effect.Effect<void> => {
  const [left, right] = [JSON.stringify(actual), JSON.stringify(expected)]
  return left === right ? Effect.void : Effect.die(new Error(`${what}: ${left}, not ${right}`))
}

export const reasonOf = <A>(effect: Effect.Effect<A, TaskError>): Effect.Effect<string> =>
  Effect.match(effect, { onFailure: (error) => error.reason._tag, onSuccess: () => "nothing failed" })

/** A task that a runner holds. */
export const claimed = Effect.fnUntraced(function* (store: TaskStore, pid = 1) {
  const { id } = yield* store.create(newTask)
  const claim = yield* store.claim(owner(pid), lease, id)
  if (claim === undefined) return yield* Effect.die(new Error("a new task can not be claimed"))
  return claim
})

export const seqs = (store: TaskStore, id: string, after = 0) =>
  Effect.map(store.facts(id, after, 1000), (facts) => facts.map(({ seq }) => seq))

export const named = (checks: {
  readonly [name: string]: (store: TaskStore, advance: (millis: number) => void) => Effect.Effect<void, TaskError>
}): ReadonlyArray<StoreCheck> =>
  Object.entries(checks).map(([name, run]) => ({ name, run: ({ advance, store }) => run(store, advance) }))
