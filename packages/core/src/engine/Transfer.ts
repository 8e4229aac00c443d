/** Doing what a plan says, and telling the world about it. */
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Queue from "effect/Queue"
import * as Stream from "effect/Stream"
import type { File } from "../contract/Entry.ts"
import type { Provider } from "../contract/Provider.ts"
import type { StorageError } from "../contract/StorageError.ts"
import type { Tell } from "../events/Tell.ts"
import type { Bandwidth } from "../layers/Bandwidth.ts"
import { isTracing, traced } from "../machine/Traced.ts"
import { type ActionOrder, fromBothEnds, type Sorted } from "./ActionOrder.ts"
import * as Afterwards from "./Afterwards.ts"
import * as Apart from "./Apart.ts"
import * as FileSteps from "./FileSteps.ts"
import type * as Guard from "./Guard.ts"
import type { Limit, LimitReached } from "./Limit.ts"
import type { Action, Plan } from "./Plan.ts"
import * as PlannedFacts from "./PlannedFacts.ts"
import { passed } from "./Preview.ts"
import type { Aside } from "./SetAside.ts"
import * as TakenPlaces from "./TakenPlaces.ts"
import * as TransferProgress from "./TransferProgress.ts"
import { failed, type TransferRun, watched } from "./TransferRun.ts"
import * as TransferSummary from "./TransferSummary.ts"
import { UnderWay } from "./UnderWay.ts"
import * as Withholding from "./Withholding.ts"

export interface TransferOptions extends Guard.DeletionLimits {
  /** How many files are on their way at once. */
  readonly transfers: number
  /** How many parts of one large file are on their way at once. */
  readonly partConcurrency: number
  /** Remove each file at the source once it is safely at the destination. */
  readonly removesSource?: boolean
  /** What is beside a file was asked for: attributes that have no room are left out and told of, rather than the file refused. */
  readonly withMetadata?: boolean | undefined
  /** A file of the source as its storage has it, where the source shows it by another name. */
  readonly storedAtSource?: ((file: File) => File) | undefined
  readonly bandwidth?: Bandwidth | undefined
  /** Where what is replaced or removed is kept. */
  readonly aside?: Aside | undefined
  /** What the run may do at most. */
  readonly limit?: Limit | undefined
  /** Nothing is done before all is planned; the plan is held in memory then. */
  readonly plansFirst?: boolean | undefined
  /** Of the files to be transferred; plans first. */
  readonly order?: ActionOrder | undefined
  /** What others did of it before: it counts as planned and done. */
  readonly before?: TransferProgress.Before | undefined
  readonly tell: Tell
}

/** How far planning runs ahead of doing: enough for a useful estimate of what is left. */
const backlog = 10_000

const start = (
  source: Provider,
  destination: Provider,
  plan: Plan,
  options: TransferOptions,
  clock: Clock.Clock
): TransferRun => ({
  source,
  destination,
  options,
  clock,
  underWay: new UnderWay(),
  withholding: Withholding.make(),
  apart: Apart.make(source, destination),
  summary: TransferSummary.empty(),
  noted: new Set(),
  progress: TransferProgress.make(options.tell, plan.totals, {
    before: options.before,
    onAdvance: options.limit?.advance
  }),
  copy: source.place.account === destination.place.account ? destination.copy : undefined
})

const pass = (run: TransferRun, action: Extract<Action, { readonly _tag: "Pass" }>): void => {
  const { options, summary, withholding } = run
  if (action.entry.isFailure) {
    summary.failed++
    withholding.unhandled(action.entry.path)
  } else summary.skipped++
  options.tell.fact(passed(action))
}

const sizeOf = ({ isSizeUnsure, size }: File): number | undefined => (isSizeUnsure === true ? undefined : size)

const perform = (
  run: TransferRun,
  later: Afterwards.Afterwards,
  taken: TakenPlaces.TakenPlaces,
  action: Action
): Effect.Effect<void, StorageError> | undefined => {
  switch (action._tag) {
    case "Put": {
      const { file } = action
      if (run.options.limit?.mayBegin(file.size) === false) return undefined
      if (taken.holds(file)) return undefined
      const otherwise = (error: StorageError) =>
        taken.holdsRefused(file, error) ? Effect.void : failed(run, file.path, sizeOf(file))(error)
      return FileSteps.put(run, action, otherwise)
    }
    case "Touch":
      return Effect.catch(FileSteps.touch(run, action), failed(run, action.file.path, action.file.size))
    case "Keep":
      return Effect.catch(FileSteps.keep(run, action.file), failed(run, action.file.path, action.file.size))
    case "Pass":
      pass(run, action)
      return undefined
    case "Remove":
      later.removals.push(action)
      taken.frees(action.path)
      return undefined
    case "MakeDirectory":
      later.madeDirectories.push(action.path)
      return undefined
    case "RemoveDirectory":
      later.removedDirectories.push(action.path)
      return undefined
  }
}

const restateMillis = 250

/** Between two turns that what else is on this thread has for sure, signals and what draws progress among it. */
const turnMillis = 8

const attributesOf = (action: Action) => ({
  action: action._tag,
  ...("file" in action ? { path: action.file.path } : {})
})

/** Plans, and meanwhile does what is planned, `options.transfers` files at a time. */
const performAll = Effect.fnUntraced(function* (
  run: TransferRun,
  plan: Plan,
  later: Afterwards.Afterwards,
  taken: TakenPlaces.TakenPlaces
) {
  const { tell } = run.options
  const workerCount = Math.max(1, run.options.transfers)
  const queue = yield* Queue.bounded<Action, StorageError | Cause.Done>(backlog)
  const restating = Effect.forever(
    Effect.andThen(
      Effect.sleep(restateMillis),
      Effect.sync(() => run.progress.restate())
    )
  )
  const { order, plansFirst } = run.options
  let inOrder: Sorted | undefined
  const told = PlannedFacts.told(plan, tell, run.clock, () => run.options.before)
  const whole = Effect.map(Stream.runCollect(told), (actions) => {
    if (order === undefined) return actions
    inOrder = fromBothEnds(actions, order, workerCount)
    return inOrder.actions
  })
  const planning = (plansFirst === true || order !== undefined ? Stream.fromArrayEffect(whole) : told).pipe(
    Stream.runForEachArray((actions) => Queue.offerAll(queue, actions)),
    Effect.matchCauseEffect({
      onFailure: (cause) => Queue.failCause(queue, cause),
      onSuccess: () => Queue.end(queue)
    }),
    Effect.raceFirst(restating)
  )
  const isTraced = yield* isTracing
  let turnAt = performance.now()
  /** All who come while it is due wait for it. After each small file it would cost a twentieth of a run. */
  const afterTurn = (step: Effect.Effect<void, StorageError>) =>
    Effect.flatMap(Effect.yieldNow, () => {
      turnAt = performance.now()
      return step
    })
  const next = (worker: number) =>
    Effect.flatMap(Queue.take(queue), (queued) => {
      const action = inOrder?.take(worker) ?? queued
      const work = perform(run, later, taken, action) ?? Effect.void
      const step = isTraced ? traced(work, "file", () => attributesOf(action)) : work
      if (tell.isBehind()) return Effect.andThen(tell.room, step)
      return performance.now() - turnAt < turnMillis ? step : afterTurn(step)
    })
  const workers = Array.from({ length: workerCount }, (_, worker) =>
    Effect.catch(Effect.forever(next(worker), { disableYield: true }), (error) =>
      Cause.isDone(error) ? Effect.void : Effect.fail(error)
    )
  )
  yield* Effect.all([planning, ...workers], { concurrency: "unbounded", discard: true })
})

/**
 * Runs a plan: files as they come, then those whose place is taken, then, if none failed, removals.
 *
 * A file that fails becomes a `Failed` fact and the rest go on. The effect
 * itself fails when planning does, when a guard stops the removals, when a limit is reached, or with an
 * error after which no file can succeed (`StorageError.stopsJob`); what was
 * stored until then stays. Interrupting it leaves every file whole or absent.
 */
export const execute = Effect.fnUntraced(function* (
  source: Provider,
  destination: Provider,
  plan: Plan,
  options: TransferOptions
): Effect.fn.Return<TransferSummary.TransferSummary, StorageError | Guard.GuardStopped | LimitReached> {
  const run = start(source, destination, plan, options, yield* Clock.Clock)
  return yield* watched(run, all(run, plan))
})

const all = Effect.fnUntraced(function* (run: TransferRun, plan: Plan) {
  const later = Afterwards.none()
  const taken = TakenPlaces.make(run)
  const { limit } = run.options
  const performing = performAll(run, plan, later, taken)
  const { stop } = run.apart
  yield* Effect.raceFirst(performing, limit === undefined ? stop : Effect.raceFirst(stop, limit.stop))
  if (limit !== undefined) yield* limit.check
  run.summary.same = plan.totals.same - run.summary.touched
  yield* taken.settle(later, plan.totals)
  yield* Afterwards.removeExtra(run, later, plan.totals)
  yield* Afterwards.makeDirectories(run, later)
  yield* Effect.ignore(run.destination.tidy ?? Effect.void)
  return run.summary
})
