/** Runners that a host started, until they have their task or have ended without it. */
import type { ProcessIdentity } from "@ourclone/core/machine/ProcessIdentity"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import { leaseMillis } from "../runner/Journaling.ts"
import type { TaskError } from "../store/TaskError.ts"
import type { TaskStore } from "../store/TaskStore.ts"
import { starterOf, type Task } from "../task/Task.ts"
import { isHeld } from "../task/TaskState.ts"
import type { KeptSecrets } from "./KeptSecrets.ts"
import { isPlaceless } from "./Placeless.ts"
import * as RunnerProcess from "./RunnerProcess.ts"

export interface Starting {
  readonly start: (task: Task) => void
  readonly has: (id: string) => boolean
  readonly count: () => number
  /** How many places they take of those that run at once; one that waits to be asked about again takes none. */
  readonly places: () => number
  /** What the last runner of a task said when it ended as none should, where one did here. */
  readonly lastLine: (id: string) => string | undefined
  /** Those of them that runners have now are started no more. */
  readonly look: (held: ReadonlyArray<Task>) => void
}

export interface StartingOptions {
  readonly store: TaskStore
  readonly owner: ProcessIdentity
  readonly program: RunnerProcess.RunnerProgram
  readonly secrets: KeptSecrets
  /** Why it may not be started, in words that name the place that may not be used. Where that fails it is asked again later. */
  readonly refusal: (task: Task) => Effect.Effect<string | undefined, { readonly message: string }>
  readonly onProblem: (message: string) => void
  /** Whether other machines share the journal: none of them sees whether a runner of this one lives. */
  readonly isShared: boolean
  /** How long a runner may take until it has its task; then another is started beside it, of which one has it. */
  readonly startMillis: number
  /** One more may be started. */
  readonly onEnd: () => void
}

/** A machine may be busy, as at its start. */
export const startMillis = 120_000

/** Runners that end before they have begun. */
const mostFailures = 3
/** Whoever is asked may be slow, and each question may hold up others: it is put ever more seldom. */
const firstPauseMillis = 2_000
const longestPauseMillis = 60_000
/** Tasks whose last lines are kept. */
const mostLines = 1000

export const make = Effect.fnUntraced(function* ({
  isShared,
  onEnd,
  onProblem,
  owner,
  program,
  refusal,
  secrets,
  startMillis,
  store
}: StartingOptions) {
  const starting = new Map<string, Task>()
  const failures = new Map<string, number>()
  const lines = new Map<string, string>()
  /** Those of them that nobody can say of yet whether they may be started: why, and how long until that is asked again. */
  const unsure = new Map<string, { readonly message: string; readonly pauseMillis: number }>()
  const waiting = new Set<string>()
  const note = (id: string, { isGood, lastLine }: RunnerProcess.Ended): void => {
    lines.delete(id)
    if (isGood || lastLine === undefined) return
    lines.set(id, lastLine)
    const oldest = lines.keys().next()
    if (lines.size > mostLines && oldest.done !== true) lines.delete(oldest.value)
  }
  const context = yield* Effect.context<never>()

  /** A task that no runner can, or may, even begin. */
  const giveUp = Effect.fnUntraced(function* (id: string, code: string, message: string) {
    failures.delete(id)
    const claim = yield* store.claim(owner, leaseMillis, id)
    if (claim === undefined) return
    const failure = { code, message, isRetryable: false }
    yield* secrets.look(yield* store.settle(id, { _tag: "Broke", take: claim.take, failure }))
  })

  /** Of several of one task, each forgets itself alone. */
  const forget = (task: Task): boolean => starting.get(task.id) === task && starting.delete(task.id)

  const ended = Effect.fnUntraced(function* (
    started: Task,
    { isGood, message }: RunnerProcess.Ended
  ): Effect.fn.Return<void, TaskError> {
    const { id, take } = started
    forget(started)
    // A part of a task is gone once it is over.
    const task = yield* Effect.catchIf(
      store.load(id),
      ({ reason }) => reason._tag === "NoTask",
      () => Effect.succeed(undefined)
    )
    if (task === undefined) return void failures.delete(id)
    const { state, take: now } = task
    // One that was to be taken over still seems to run, as its last runner said.
    const isLeft = now === take && (state._tag === "Queued" || isHeld(state))
    yield* secrets.look(task)
    if (isGood || !isLeft) return void failures.delete(id)
    onProblem(`the runner of task ${id} ${message}`)
    const times = (failures.get(id) ?? 0) + 1
    failures.set(id, times)
    if (times >= mostFailures) yield* giveUp(id, "RunnerDied", `its runner ${message}`)
  })

  /** Comes to an end when it is time to ask, and tells once why that is. */
  const askAgain = Effect.fnUntraced(function* (id: string, message: string) {
    const { message: told, pauseMillis = firstPauseMillis } = unsure.get(id) ?? {}
    if (told !== message) onProblem(`task ${id} waits to be started: ${message}`)
    unsure.set(id, { message, pauseMillis: Math.min(2 * pauseMillis, longestPauseMillis) })
    waiting.add(id)
    onEnd()
    yield* Effect.sleep(pauseMillis)
    waiting.delete(id)
  })

  /**
   * Until it has its task, other hosts start no runner, and this one none when it is started anew: the runner itself has the
   * role of the starter. One that takes too long stands in nobody's way any more.
   */
  const beginning = Effect.fnUntraced(function* (task: Task, runner: ProcessIdentity) {
    const role = starterOf(task.id)
    const isOurs = secrets.has(task.id)
    const millis = isShared ? leaseMillis : startMillis
    const until = (yield* Clock.currentTimeMillis) + startMillis
    if (!isOurs) yield* Effect.ignore(store.hold(role, owner, 0))
    while (starting.get(task.id) === task) {
      const left = until - (yield* Clock.currentTimeMillis)
      if (left <= 0) break
      if (!isOurs) yield* Effect.ignore(store.hold(role, runner, Math.min(millis, left)))
      yield* Effect.sleep(Math.min(millis / 4, left))
    }
    if (!forget(task)) return
    onProblem(
      `the runner of task ${task.id} has not begun within ${Math.round(startMillis / 1000)} s: another one is started`
    )
    onEnd()
  })

  const run = Effect.fnUntraced(function* (task: Task): Effect.fn.Return<void, TaskError> {
    const { id } = task
    const because = yield* Effect.result(refusal(task))
    if (because._tag === "Failure") {
      yield* askAgain(id, because.failure.message)
      forget(task)
      return
    }
    unsure.delete(id)
    if (because.success !== undefined) {
      forget(task)
      return yield* giveUp(id, "PlaceNotAllowed", because.success)
    }
    const runner = RunnerProcess.start(program, task, secrets.of(id))
    const began = runner.identity === undefined ? Effect.void : beginning(task, runner.identity)
    const end = yield* Effect.raceFirst(
      Effect.promise(() => runner.ended),
      Effect.andThen(began, Effect.never)
    )
    note(id, end)
    yield* ended(task, end)
  })

  const result: Starting = {
    start: (task) => {
      starting.set(task.id, task)
      Effect.runForkWith(context)(
        run(task).pipe(
          Effect.catch(({ message }) => Effect.sync(() => onProblem(message))),
          Effect.andThen(Effect.sync(onEnd))
        )
      )
    },
    has: (id) => starting.has(id),
    lastLine: (id) => lines.get(id),
    count: () => starting.size,
    places: () => [...starting].filter(([id, task]) => !waiting.has(id) && !isPlaceless(task)).length,
    look: (held) => {
      for (const { id, take } of held) if (take !== starting.get(id)?.take) starting.delete(id)
    }
  }
  return result
})
