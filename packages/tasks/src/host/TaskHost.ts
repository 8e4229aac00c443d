/**
 * Starts a runner for each task whose turn it is.
 *
 * A face makes one while it lives. Of all that live at once on one journal only one starts runners; when it ends, the
 * next one does. What runs goes on without any, and a task is begun again only when its runner has ended or let its
 * lease run out.
 */

import type { ProcessIdentity } from "@ourclone/core/machine/ProcessIdentity"
import type { InvalidJob } from "@ourclone/jobs/kind/JobError"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Latch from "effect/Latch"
import type * as Scope from "effect/Scope"
import * as Notifier from "../notify/Notifier.ts"
import { leaseMillis } from "../runner/Runner.ts"
import { none, type Secrets } from "../runner/StoredSecrets.ts"
import * as Scheduler from "../schedule/Scheduler.ts"
import * as Watches from "../schedule/Watches.ts"
import { retention } from "../store/SqlitePrune.ts"
import type { TaskError } from "../store/TaskError.ts"
import type { Retention, TaskStore } from "../store/TaskStore.ts"
import type { NewTask, Task } from "../task/Task.ts"
import * as Rescue from "./Rescue.ts"
import * as RunnerProcess from "./RunnerProcess.ts"
import * as Submit from "./Submit.ts"

export interface HostSettings {
  /** How many tasks run at once. Those that wait for a key do not count. */
  readonly atOnce: number
  readonly retention: Retention
}

export const defaults: HostSettings = { atOnce: 3, retention }

export interface HostOptions {
  readonly store: TaskStore
  /** This process. */
  readonly owner: ProcessIdentity
  readonly program: RunnerProcess.RunnerProgram
  /** Who is told how tasks end is read from there. */
  readonly notifications?: Omit<Notifier.NotifierOptions, "store"> | undefined
  /** Where the program keeps its state: what changes there starts no schedule. */
  readonly ownFolder?: string
  /** Asked at each look, so that they can change. */
  readonly settings?: Effect.Effect<HostSettings>
  /** Hears what the host could not do, in words; it goes on. */
  readonly onProblem?: (message: string) => void
}

export interface TaskHost {
  /**
   * Puts a task into the queue, and has it run when its turn comes. `secrets` go to its runner and are stored nowhere:
   * a task that is begun again later waits for those that the configuration does not have.
   */
  readonly submit: (task: NewTask, secrets?: Secrets) => Effect.Effect<Task, InvalidJob | TaskError>
  /** Looks at the queue at once rather than at its next turn, as after a wish. */
  readonly look: Effect.Effect<void>
}

/** Whoever has it starts runners. */
export const role = "host"
const lookMillis = 1_000
const notifyMillis = 2_000
const pruneMillis = 3_600_000
/** Runners that end before they have begun. */
const mostFailures = 3

export const make = Effect.fnUntraced(function* ({
  notifications,
  onProblem = () => {},
  owner,
  ownFolder,
  program,
  settings = Effect.succeed(defaults),
  store
}: HostOptions): Effect.fn.Return<TaskHost, never, Scope.Scope> {
  const watches = yield* Watches.make(store, ownFolder)
  const due = Latch.makeUnsafe(true)
  /** Runners that were started and may not have claimed their task yet. */
  const starting = new Map<string, number>()
  const failures = new Map<string, number>()
  const secretsOf = new Map<string, Secrets>()
  const context = yield* Effect.context<never>()
  let isHolder = false
  let prunedAt = Number.NEGATIVE_INFINITY

  /** A task that no runner can even begin. */
  const giveUp = Effect.fnUntraced(function* (id: string, message: string) {
    const claim = yield* store.claim(owner, leaseMillis, id)
    if (claim === undefined) return
    const failure = { code: "RunnerDied", message: `its runner ${message}`, isRetryable: false }
    yield* store.settle(id, { _tag: "Broke", take: claim.take, failure })
  })

  const onEnd = Effect.fnUntraced(function* (id: string, take: number, { isGood, message }: RunnerProcess.Ended) {
    starting.delete(id)
    const task = yield* store.load(id)
    const hasBegun = task.take !== take || task.state._tag !== "Queued"
    if (isGood || hasBegun) {
      failures.delete(id)
    } else {
      onProblem(`the runner of task ${id} ${message}`)
      const times = (failures.get(id) ?? 0) + 1
      failures.set(id, times)
      if (times >= mostFailures) {
        failures.delete(id)
        yield* giveUp(id, message)
      }
    }
    due.openUnsafe()
  })

  const startOne = (task: Task): void => {
    const { id, take } = task
    starting.set(id, take)
    const ended = RunnerProcess.start(program, task, secretsOf.get(id) ?? none)
    secretsOf.delete(id)
    void ended.then((end) =>
      Effect.runForkWith(context)(
        Effect.catch(onEnd(id, take, end), ({ message }) => Effect.sync(() => onProblem(message)))
      )
    )
  }

  const counts = ({ isRecord, state }: Task): boolean =>
    !isRecord && (state._tag === "Running" || (state._tag === "Waiting" && state.for !== "credentials"))

  const turn = Effect.gen(function* () {
    isHolder = yield* store.hold(role, owner, leaseMillis)
    if (!isHolder) return
    yield* Rescue.rescue(store)
    yield* Scheduler.turn(store)
    yield* watches.turn
    const { atOnce, retention: kept } = yield* settings
    const held = yield* store.list({ states: ["Running", "Waiting"], limit: 10_000 })
    for (const { id } of held) starting.delete(id)
    let free = atOnce - held.filter(counts).length - starting.size
    for (const task of free > 0 ? yield* store.due(free + starting.size) : []) {
      if (starting.has(task.id) || free <= 0) continue
      startOne(task)
      free--
    }
    const now = yield* Clock.currentTimeMillis
    if (now - prunedAt < pruneMillis) return
    prunedAt = now
    yield* store.prune(kept)
  })

  const look = Effect.gen(function* () {
    due.closeUnsafe()
    yield* Effect.catch(turn, ({ message }) => Effect.sync(() => onProblem(message)))
    yield* Effect.raceFirst(due.await, Effect.sleep(lookMillis))
  })
  yield* Effect.forkScoped(Effect.forever(look))

  /** Beside the rest: whoever is told may be slow to answer. */
  const notify =
    notifications === undefined
      ? Effect.void
      : Effect.suspend(() => (isHolder ? Notifier.turn({ ...notifications, store }) : Effect.void)).pipe(
          Effect.catch(({ message }) =>
            Effect.sync(() => {
              if (message !== lastProblem) onProblem(message)
              lastProblem = message
            })
          )
        )
  let lastProblem = ""
  yield* Effect.forkScoped(Effect.forever(Effect.andThen(notify, Effect.sleep(notifyMillis))))

  const host: TaskHost = {
    submit: Effect.fnUntraced(function* (task, secrets = none) {
      const made = yield* Submit.submit(store, task)
      if (secrets.size > 0) secretsOf.set(made.id, secrets)
      due.openUnsafe()
      return made
    }),
    look: Effect.sync(() => due.openUnsafe())
  }
  return host
})
