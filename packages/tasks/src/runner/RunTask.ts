/** Runs one task of the journal in this process, from claiming it to its end. */

import type { Remotes } from "@ourclone/core/configuration/Remotes"
import type * as Secret from "@ourclone/core/configuration/Secret"
import { type Envelope, version } from "@ourclone/core/events/Envelope"
import { runBegan } from "@ourclone/core/events/RunView"
import type { Sink, SinkFailed } from "@ourclone/core/events/Tell"
import type { ProcessIdentity } from "@ourclone/core/machine/ProcessIdentity"
import { traced } from "@ourclone/core/machine/Traced"
import { type JobError, toFailure } from "@ourclone/jobs/kind/JobError"
import type { Surroundings } from "@ourclone/jobs/kind/Surroundings"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type * as Schema from "effect/Schema"
import type { TaskError } from "../store/TaskError.ts"
import type { Claim, TaskStore } from "../store/TaskStore.ts"
import * as OtherMachines from "../task/OtherMachines.ts"
import type { Task } from "../task/Task.ts"
import * as TaskKinds from "../undo/TaskKinds.ts"
import * as AroundRun from "./AroundRun.ts"
import * as CredentialsChange from "./CredentialsChange.ts"
import type { SendSignal } from "./HookProcess.ts"
import { leaseMillis } from "./Journaling.ts"
import * as Runner from "./Runner.ts"
import * as SharedParts from "./SharedParts.ts"
import * as StoredSecrets from "./StoredSecrets.ts"

export interface RunTaskOptions {
  readonly store: TaskStore
  readonly id: string
  /** This process. */
  readonly owner: ProcessIdentity
  /** What came with the order and is stored nowhere. */
  readonly given: StoredSecrets.Secrets
  /** Of this process: ends what hooks have started. */
  readonly sendSignal: SendSignal
  /** Where references of the configuration lead. */
  readonly surroundings: Secret.Surroundings
}

const broke = (error: JobError | SinkFailed): Runner.JobBroke => ({
  failure:
    error._tag === "SinkFailed" ? { code: error._tag, message: error.message, isRetryable: true } : toFailure(error)
})

const summaryIn = (batch: ReadonlyArray<Envelope>): Schema.Json | undefined => {
  const last = batch.at(-1)?.event
  return last?._tag === "Finished" ? last.summary : undefined
}

/** Others do parts of a task as this machine would, with what they have themselves. */
const sharingOf = Effect.fnUntraced(function* ({ take, task }: Claim, options: RunTaskOptions, asked: Runner.Asked) {
  const context = yield* Effect.context<Surroundings | Remotes>()
  return SharedParts.make({
    ...asked,
    store: options.store,
    task,
    take,
    machine: options.owner.host,
    mayTravel: Effect.provide(OtherMachines.mayTravel(task), context),
    runHere: (id) => Effect.provide(Effect.scoped(runTask({ ...options, id })), context)
  })
})

const execute = (claim: Claim, options: RunTaskOptions) =>
  Effect.fnUntraced(function* (
    sink: Sink,
    asked: Runner.Asked
  ): Effect.fn.Return<Schema.Json, JobError | SinkFailed, Surroundings | Remotes> {
    const { take, task } = claim
    const { given, store, surroundings } = options
    const values = { take }
    yield* sink([{ v: version, at: yield* Clock.currentTimeMillis, event: { _tag: "Step", name: runBegan, values } }])
    const kind = yield* TaskKinds.load(task.kind, store)
    const secrets = yield* StoredSecrets.gather(yield* kind.needs(task.request), given, surroundings)
    let summary: Schema.Json = null
    const seeing: Sink = (batch) => {
      summary = summaryIn(batch) ?? summary
      return sink(batch)
    }
    const { cancelledBy, limits } = asked
    const sharing = yield* sharingOf(claim, options, asked)
    yield* kind.run(task.request, { sink: seeing, secrets, cancelledBy, limits, sharing })
    return summary
  }, Effect.mapError(broke))

/**
 * How the task stands when this runner is done with it; nothing where it is not to be had, because another has it or it
 * has ended. When this is interrupted, the task waits for the next runner. Fails with `LeaseLost` when another took it.
 */
export const runTask = Effect.fnUntraced(function* (
  options: RunTaskOptions
): Effect.fn.Return<Task | undefined, TaskError, Surroundings | Remotes> {
  const { id, owner, sendSignal, store, surroundings } = options
  const claim = yield* store.claim(owner, leaseMillis, id)
  if (claim === undefined) return undefined
  const running = Runner.run({
    store,
    claim,
    execute: AroundRun.around(
      claim.task,
      { environment: surroundings.environment, directory: surroundings.home, sendSignal },
      execute(claim, options)
    ),
    interrupted: { _tag: "Requeue" },
    watchCredentials: CredentialsChange.watch
  })
  const { kind, machine, origin, schedule } = claim.task
  return yield* traced(
    running,
    "task",
    () => ({ id: claim.task.id, kind, origin, run: claim.take, schedule, machine }),
    ({ state, totals }) => ({
      state: state._tag,
      done: totals.done,
      doneBytes: totals.doneBytes,
      failed: totals.failed
    })
  )
})
