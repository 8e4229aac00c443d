/**
 * Writes down a run that somebody else conducts: that of a command, in its own process.
 *
 * The run does not depend on it. What can not be written fails here, and the one who conducts the run goes on without.
 */
import type { Envelope } from "@ourclone/core/events/Envelope"
import type { ProcessIdentity } from "@ourclone/core/machine/ProcessIdentity"
import * as Effect from "effect/Effect"
import { lost, type TaskError } from "../store/TaskError.ts"
import type { TaskStore } from "../store/TaskStore.ts"
import type { NewTask, Wish } from "../task/Task.ts"
import type { TaskInput } from "../task/TaskState.ts"
import { leaseMillis } from "./Journaling.ts"
import { Ledger } from "./Ledger.ts"

export interface Recorder {
  readonly take: (batch: ReadonlyArray<Envelope>) => void
  /** Stores what was taken and renews the lease; says what somebody wishes of the run. */
  readonly commit: Effect.Effect<Wish | null, TaskError>
  /** Stores the rest, and how the run ended: as its last event says. */
  readonly end: Effect.Effect<void, TaskError>
}

/** The task is there and runs from now on. */
export const begin = Effect.fnUntraced(function* (
  store: TaskStore,
  owner: ProcessIdentity,
  task: NewTask
): Effect.fn.Return<Recorder, TaskError> {
  const { id } = yield* store.create({ ...task, isRecord: true })
  const claim = yield* store.claim(owner, leaseMillis, id)
  if (claim === undefined) return yield* lost(id)
  const { take } = claim
  const ledger = new Ledger(claim.task)

  const outcome = (): TaskInput => {
    const { finished } = ledger
    if (finished?.outcome === "done") return { _tag: "Finished", take, failed: ledger.totals.failed }
    if (finished?.outcome === "cancelled") return { _tag: "Cancel", by: finished.by ?? "" }
    const failure = finished?.failure ?? { code: "Defect", message: "the run ended without a word", isRetryable: false }
    return { _tag: "Broke", take, failure }
  }
  const recorder: Recorder = {
    take: (batch) => {
      for (const envelope of batch) ledger.take(envelope)
    },
    commit: Effect.suspend(() =>
      Effect.map(store.commit(claim, ledger.batch(), leaseMillis, ledger.blocking(take)), ({ wish }) => wish)
    ),
    end: Effect.suspend(() =>
      Effect.asVoid(store.settle(id, outcome(), ledger.batch(), ledger.finished?.summary ?? null))
    )
  }
  return recorder
})
