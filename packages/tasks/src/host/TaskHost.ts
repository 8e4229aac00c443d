/**
 * Starts a runner for each task whose turn it is.
 *
 * A face makes one while it lives. Of all that live at once on one machine and one journal only one starts runners; when it
 * ends, the next one does. What runs goes on without any, and a task is begun again only when its runner has ended or let
 * its lease run out. Machines that share a journal take tasks as they have room for them; one host of all sees to schedules,
 * notifications and what is kept.
 */

import type { ProcessIdentity } from "@ourclone/core/machine/ProcessIdentity"
import type { InvalidJob } from "@ourclone/jobs/kind/JobError"
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Latch from "effect/Latch"
import type * as Scope from "effect/Scope"
import * as Semaphore from "effect/Semaphore"
import * as Notifier from "../notify/Notifier.ts"
import { leaseMillis } from "../runner/Journaling.ts"
import { none, type Secrets } from "../runner/StoredSecrets.ts"
import * as Scheduler from "../schedule/Scheduler.ts"
import * as Watches from "../schedule/Watches.ts"
import * as WatchProcess from "../schedule/WatchProcess.ts"
import { retention } from "../store/Prune.ts"
import { startedElsewhere, type TaskError } from "../store/TaskError.ts"
import type { Retention, TaskStore } from "../store/TaskStore.ts"
import type { Schedule } from "../task/Schedule.ts"
import { type NewTask, runnersOf, starterOf, type Task } from "../task/Task.ts"
import * as EndStuck from "./EndStuck.ts"
import { role } from "./HostRole.ts"
import * as KeptSecrets from "./KeptSecrets.ts"
import { isPlaceless, placelessKinds } from "./Placeless.ts"
import * as Rescue from "./Rescue.ts"
import type * as RunnerProcess from "./RunnerProcess.ts"
import * as Starting from "./Starting.ts"
import * as Submit from "./Submit.ts"

export interface HostSettings {
  /** How many tasks run at once. Those that wait for a key do not count, nor do mounts and servers. */
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
  /** Whether this machine can run a task of a journal that several share; all where this is absent. */
  readonly mayRun?: (task: Task) => Effect.Effect<boolean>
  /** Why a task may not be started here, in words that name the place that may not be used: then it has failed. */
  readonly refusal?: (task: Task) => Effect.Effect<string | undefined, { readonly message: string }>
  /** Asked at each look, so that they can change. */
  readonly settings?: Effect.Effect<HostSettings>
  /** How long a run may take to end that is to. */
  readonly patience?: EndStuck.Patience
  /** How long a runner may take until it has its task. */
  readonly startMillis?: number
  /** Hears what the host could not do, in words; it goes on. */
  readonly onProblem?: (message: string) => void
}

export interface TaskHost {
  /**
   * Puts a task into the queue, and has it run when its turn comes. `secrets` go to each of its runners until it has ended,
   * and are stored nowhere: when this process ends before, it waits for those that the configuration does not have. Runs of
   * a task with secrets are begun by this process, whoever begins all others.
   */
  readonly submit: (task: NewTask, secrets?: Secrets) => Effect.Effect<Task, InvalidJob | TaskError>
  /**
   * Secrets for the next runs of a task that is to be begun again within a minute, as if it had been submitted with them. Fails
   * with `NotNow` where another process that still runs has given it some.
   */
  readonly give: (id: string, secrets: Secrets) => Effect.Effect<void, TaskError>
  /** Looks at the queue at once rather than at its next turn, as after a wish. */
  readonly look: Effect.Effect<void>
}

const roleMillis = 16_000
const holdMillis = 5_000
const lookMillis = 1_000
const notifyMillis = 2_000
const pruneMillis = 3_600_000
/** How many that are due are looked through at once for those that this machine can run. */
const mostDue = 1_000

export const make = Effect.fnUntraced(function* ({
  mayRun,
  notifications,
  onProblem = () => {},
  owner,
  ownFolder,
  patience,
  program,
  refusal = () => Effect.succeed(undefined),
  settings = Effect.succeed(defaults),
  startMillis = Starting.startMillis,
  store
}: HostOptions): Effect.fn.Return<TaskHost, never, Scope.Scope> {
  const isOurs = ({ machine }: Schedule) => mayRun === undefined || machine === owner.host
  const { environment, watcher } = program
  const watching = watcher === undefined ? undefined : yield* WatchProcess.make({ command: watcher, environment })
  const watches = yield* Watches.make(store, ownFolder, { isOurs, onProblem, watch: watching?.watch })
  const due = Latch.makeUnsafe(true)
  const onEnd = () => void due.openUnsafe()
  const secretsKept = KeptSecrets.make(store, owner)
  const isShared = mayRun !== undefined
  const told = { refusal, onProblem, onEnd }
  const starting = yield* Starting.make({ store, owner, program, secrets: secretsKept, isShared, startMillis, ...told })
  /** No task is started between its making and its secrets being there. */
  const making = Semaphore.makeUnsafe(1)
  const endStuck = EndStuck.make(store, program.sendSignal, patience)
  let isHolder = false
  let starts = false
  let heldAt = 0
  let prunedAt = Number.NEGATIVE_INFINITY

  const counts = (task: Task): boolean => {
    const { isRecord, owner: its, state } = task
    return (
      !isRecord &&
      !isPlaceless(task) &&
      its?.host === owner.host &&
      (state._tag === "Running" || (state._tag === "Waiting" && state.for !== "credentials"))
    )
  }

  /** Left to whoever has its secrets. Of machines that share a journal one starts the task: the others need not try. */
  const isForHere = Effect.fnUntraced(function* (task: Task) {
    if (!starts && !secretsKept.has(task.id)) return false
    if (mayRun !== undefined) {
      const millis = secretsKept.has(task.id) ? KeptSecrets.starterMillis : leaseMillis
      return (yield* mayRun(task)) && (yield* store.hold(starterOf(task.id), owner, millis))
    }
    const starter = yield* store.holder(starterOf(task.id))
    return starter === undefined || JSON.stringify(starter) === JSON.stringify(owner)
  })

  const room = Effect.gen(function* () {
    const { atOnce } = yield* settings
    const held = yield* store.list({ states: ["Running", "Waiting"], withParts: true, limit: 10_000 })
    starting.look(held)
    // Who shares its task does parts of it too.
    const atWork = new Set(held.filter(counts).map(({ owner: its }) => its?.pid))
    return atOnce - atWork.size - starting.places()
  })

  /** Starts as many of them as there is room for; gives how many more there would be. */
  const startSome = Effect.fnUntraced(function* (due: ReadonlyArray<Task>, free: number) {
    let left = free
    for (const task of due) {
      const takes = isPlaceless(task) ? 0 : 1
      if (left < takes || starting.has(task.id) || !(yield* isForHere(task))) continue
      starting.start(task)
      left -= takes
    }
    return left
  })

  /** Tasks that are due and need no place. */
  const duePlaceless = Effect.gen(function* () {
    const queued = yield* store.list({ states: ["Queued"], kinds: placelessKinds, limit: 100 })
    return queued.length === 0
      ? []
      : yield* store.due(
          queued.length,
          undefined,
          queued.map(({ id }) => id)
        )
  })

  /** Up to there the last look found none for this host: those of others may be more than one look goes through. */
  let passed: Task | undefined

  const startDue = Effect.gen(function* () {
    const free = yield* room
    yield* startSome(yield* duePlaceless, 0)
    if (free <= 0) return
    const limit = mayRun === undefined ? free + starting.count() : mostDue
    const due = yield* store.due(limit, passed)
    const left = yield* startSome(due, free)
    passed = left > 0 && due.length === limit ? due.at(-1) : undefined
  }).pipe(making.withPermit)

  /** Where another host starts all others: those whose secrets are here. */
  const startOwn = Effect.gen(function* () {
    const ids = secretsKept.ids()
    if (starts || ids.length === 0) return
    const due = yield* store.due(ids.length, undefined, ids)
    if (due.length > 0) yield* startSome(due, yield* room)
  }).pipe(making.withPermit)

  const pruneWhenDue = Effect.gen(function* () {
    const now = yield* Clock.currentTimeMillis
    if (now - prunedAt < pruneMillis) return
    prunedAt = now
    yield* store.prune((yield* settings).retention)
  })

  /** One that can not be done keeps none of the others from it, and is told once until it can. */
  const problems = new Map<string, string>()
  const tried = (name: string, step: Effect.Effect<unknown, { readonly message: string }>) =>
    Effect.matchCauseEffect(step, {
      onSuccess: () => Effect.sync(() => void problems.delete(name)),
      onFailure: (cause) =>
        Effect.suspend(() => {
          if (Cause.hasInterruptsOnly(cause)) return Effect.interrupt
          const error = Cause.squash(cause)
          const message = error instanceof Error ? error.message : String(error)
          if (problems.get(name) !== message) onProblem(message)
          problems.set(name, message)
          return Effect.void
        })
    })
  const steps: ReadonlyArray<
    readonly [name: string, of: "machine" | "all machines", step: Effect.Effect<unknown, TaskError>]
  > = [
    ["rescue", "machine", Rescue.rescue(store, starting.lastLine)],
    ["end", "machine", endStuck],
    ["schedules", "all machines", Effect.suspend(() => Scheduler.turn(store))],
    ["folders", "machine", watches.turn],
    ["start", "machine", startDue],
    ["prune", "all machines", pruneWhenDue]
  ]
  /** Written as seldom as may be: a disk that is written to each second never sleeps. */
  const hold = Effect.gen(function* () {
    const now = yield* Clock.currentTimeMillis
    if (isHolder && starts && now - heldAt < holdMillis) return
    isHolder = yield* store.hold(role, owner, roleMillis)
    starts = mayRun === undefined ? isHolder : yield* store.hold(runnersOf(owner.host), owner, roleMillis)
    heldAt = now
  })
  // Others need not wait for the leases of one that ends.
  const letGo = Effect.suspend(() => {
    const roles = [...(isHolder ? [role] : []), ...(starts && mayRun !== undefined ? [runnersOf(owner.host)] : [])]
    return Effect.andThen(
      secretsKept.letGo,
      Effect.forEach(roles, (name) => Effect.ignore(store.hold(name, owner, 0)), { discard: true })
    )
  })
  yield* Effect.addFinalizer(() => letGo)

  const turn = Effect.gen(function* () {
    yield* hold
    for (const [name, of, step] of steps) if (of === "machine" ? starts : isHolder) yield* tried(name, step)
    yield* tried("secrets", secretsKept.turn)
    yield* tried("own", startOwn)
  })

  const look = Effect.gen(function* () {
    due.closeUnsafe()
    yield* tried("turn", turn)
    yield* Effect.raceFirst(due.await, Effect.sleep(lookMillis))
  })
  yield* Effect.forkScoped(Effect.forever(look))

  /** Beside the rest: whoever is told may be slow to answer. */
  const notify = Effect.suspend(() =>
    notifications === undefined || !isHolder ? Effect.void : tried("notify", Notifier.turn({ ...notifications, store }))
  )
  yield* Effect.forkScoped(Effect.forever(Effect.andThen(notify, Effect.sleep(notifyMillis))))

  const host: TaskHost = {
    submit: Effect.fnUntraced(function* (task, secrets = none) {
      const starter = secrets.size === 0 ? undefined : { owner, leaseMillis: KeptSecrets.starterMillis }
      const made = yield* Submit.submit(store, { ...task, starter }).pipe(
        // One that was made before, under the same key, may have another starter, with its own secrets.
        Effect.tap((task) => (secrets.size === 0 ? Effect.void : secretsKept.keep(task, secrets))),
        making.withPermit
      )
      due.openUnsafe()
      return made
    }),
    give: Effect.fnUntraced(function* (id, secrets) {
      if (secrets.size === 0) return
      const task = yield* store.load(id)
      if (!(yield* secretsKept.keep(task, secrets))) return yield* startedElsewhere(task.id, task.state._tag)
    }),
    look: Effect.sync(() => due.openUnsafe())
  }
  return host
})
