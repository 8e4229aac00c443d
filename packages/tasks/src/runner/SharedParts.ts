/** Has parts of a task done by runners of other machines and by this one, and tells what they did as the task's own. */
import type { RunEvent } from "@ourclone/core/events/RunEvent"
import { nothing, type Part, type Shared, type Sharing, type UnderWay } from "@ourclone/jobs/kind/Sharing"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { TaskError } from "../store/TaskError.ts"
import type { Part as KeptPart, PartTold, TaskStore } from "../store/TaskStore.ts"
import { runnersOf, type Task, type TaskLimits, type Wish } from "../task/Task.ts"
import { hasEnded, isHeld } from "../task/TaskState.ts"

export interface SharedPartsOptions {
  readonly store: TaskStore
  /** The whole, and the number of its claim. */
  readonly task: Task
  readonly take: number
  /** The host name of this machine. */
  readonly machine: string
  /** Whether other machines can do parts of it, as far as is known here. */
  readonly mayTravel: Effect.Effect<boolean>
  /** Runs a part in this process, where no other has it. */
  readonly runHere: (id: string) => Effect.Effect<unknown, TaskError>
  /** Stores facts together with the part that told them. */
  readonly fold: (events: ReadonlyArray<RunEvent>, part: PartTold) => Effect.Effect<void>
  /** What an interruption means, and who is behind it. */
  readonly wish: () => Wish["_tag"] | undefined
  readonly cancelledBy: () => string
}

const lookMillis = 400
const idleMillis = 200
/** So many parts are made ahead. */
const mostOpen = 24
/** Of a part at a time. */
const piece = 1_000
/** A part that is put off for longer is not waited for. */
const patienceMillis = 20_000
/** For parts to come to an end when the whole is cancelled or paused. */
const endMillis = 10_000
const named = 16

/** Waits for a person, or for long: the whole gets there, and does so itself. */
const isStuck = ({ state }: Task, now: number): boolean =>
  (state._tag === "Queued" && (state.notBefore ?? 0) > now + patienceMillis) ||
  (state._tag === "Waiting" && state.for === "credentials") ||
  state._tag === "Paused"

const counted = (shared: Shared, event: RunEvent): Shared => {
  if (event._tag !== "Done") return shared
  const { bytes = 0, deed } = event
  return {
    ...shared,
    files: shared.files + 1,
    bytes: shared.bytes + bytes,
    stored: shared.stored + (deed === "stored" ? 1 : 0),
    storedBytes: shared.storedBytes + (deed === "stored" ? bytes : 0),
    copied: shared.copied + (deed === "copied" ? 1 : 0),
    touched: shared.touched + (deed === "touched" ? 1 : 0)
  }
}

const retriesOf = ({ summary }: Task): number =>
  typeof summary === "object" && summary !== null && "retries" in summary ? Number(summary.retries) : 0

const underWay = (parts: ReadonlyArray<KeptPart>): UnderWay => {
  const all = parts.flatMap(({ task }) => task.progress?.current ?? [])
  const unnamed = parts.reduce((sum, { task }) => sum + (task.progress?.more ?? 0), 0)
  const more = unnamed + Math.max(0, all.length - named)
  return { current: all.slice(0, named), more, bytes: all.reduce((sum, { done }) => sum + done, 0) }
}

const divided = (limits: TaskLimits | null, among: number): TaskLimits | null => {
  const share = (rate: number | null) => (rate === null ? null : rate / Math.max(1, among))
  return limits === null ? null : { up: share(limits.up), down: share(limits.down) }
}

export const make = ({
  cancelledBy,
  fold,
  machine,
  mayTravel,
  runHere,
  store,
  task: { id, isOfService, machine: home, origin, priority },
  take,
  wish
}: SharedPartsOptions): Sharing => {
  let shared: Shared = nothing
  /** Those that are not over. */
  let open: ReadonlyArray<KeptPart> = []
  let hasFailed = false
  let made = 0
  /** How often parts were looked at. */
  let looks = 0
  /** Made since they were looked at. */
  const fresh = new Map<string, KeptPart>()
  /** What was said of parts, before the journal has it. */
  const told = new Map<string, number>()
  const over = new Set<string>()
  const noted = new Set<string>()

  /** Facts of a part as the whole says them: what did not go well it does itself. */
  const takenOver = (events: ReadonlyArray<RunEvent>): ReadonlyArray<RunEvent> =>
    events.filter((event) => {
      if (event._tag !== "Note") return event._tag === "Done"
      const isNew = !noted.has(event.code)
      noted.add(event.code)
      return isNew
    })

  const tellOf = Effect.fnUntraced(function* ({ task, told: stored }: KeptPart) {
    let seen = Math.max(stored, told.get(task.id) ?? 0)
    while (seen < task.seq) {
      const some = yield* store.facts(task.id, seen, piece)
      const last = some.at(-1)?.seq
      if (last === undefined) break
      const events = takenOver(some.flatMap(({ event }) => (event === undefined ? [] : [event])))
      seen = last
      told.set(task.id, seen)
      shared = events.reduce(counted, shared)
      yield* fold(events, { id: task.id, told: seen, isOver: false })
    }
    if (!hasEnded(task.state)) return
    over.add(task.id)
    hasFailed ||= task.state._tag === "Failed"
    shared = { ...shared, retries: shared.retries + retriesOf(task) }
    yield* fold([], { id: task.id, told: task.seq, isOver: true })
  }, Effect.uninterruptible)

  /** What parts have done by now is told; those that are stuck are ended. */
  const look = Effect.gen(function* () {
    const now = yield* Clock.currentTimeMillis
    const { limits } = yield* store.load(id)
    const parts = (yield* store.parts(id)).filter(({ task }) => !over.has(task.id))
    const share = divided(limits, parts.filter(({ task }) => isHeld(task.state)).length)
    for (const part of parts) {
      const { task } = part
      fresh.delete(task.id)
      yield* tellOf(part)
      if (hasEnded(task.state)) continue
      if (JSON.stringify(task.limits) !== JSON.stringify(share)) yield* Effect.ignore(store.limit(task.id, share))
      if (isStuck(task, now)) yield* Effect.ignore(store.wish(task.id, { _tag: "Cancel", by: "the whole" }))
    }
    open = [...parts.filter(({ task }) => !over.has(task.id)), ...fresh.values()]
    looks++
  })

  /** Where the journal is away, the whole ends by itself. */
  const looking = Effect.forever(Effect.andThen(Effect.ignore(look), Effect.sleep(lookMillis)))

  /** By id: the look after which it was tried here. */
  const tried = new Map<string, number>()

  /** One part, if there is one that nobody has; hosts begin at the other end. */
  const here = Effect.gen(function* () {
    const now = yield* Clock.currentTimeMillis
    const next = open.findLast(
      ({ task: { id, state } }) => state._tag === "Queued" && (state.notBefore ?? 0) <= now && tried.get(id) !== looks
    )
    if (next === undefined) return yield* Effect.sleep(idleMillis)
    yield* Effect.ignore(runHere(next.task.id))
    tried.set(next.task.id, looks)
  })

  const until = (isSo: () => boolean): Effect.Effect<void> =>
    Effect.suspend(() => (isSo() ? Effect.void : Effect.andThen(Effect.sleep(idleMillis), until(isSo))))

  /** What parts do until they have stopped is told too. */
  const stopped: Effect.Effect<void, TaskError> = Effect.gen(function* () {
    yield* look
    if (!open.some(({ task }) => isHeld(task.state))) return
    yield* Effect.sleep(idleMillis)
    yield* stopped
  })

  const endAll = Effect.gen(function* () {
    const by = cancelledBy()
    for (const { task } of yield* store.parts(id)) yield* Effect.ignore(store.wish(task.id, { _tag: "Cancel", by }))
    yield* Effect.timeoutOption(stopped, endMillis)
  }).pipe(Effect.ignore)

  /** As often as it takes: where the journal stays away the run is ended from outside. */
  const create = Effect.fnUntraced(function* ({ kind, request }: Part) {
    yield* until(() => open.length < mostOpen || hasFailed)
    if (hasFailed) return
    const key = `part ${made++} of ${id}, run ${take}`
    const part = { kind, request, origin, isOfService, priority, key, parent: id, machine: home ?? undefined }
    const once = Effect.catch(store.create(part), () => Effect.as(Effect.sleep(lookMillis), undefined))
    for (;;) {
      const task = yield* once
      if (task === undefined) continue
      fresh.set(task.id, { task, told: 0 })
      open = [...open, { task, told: 0 }]
      return
    }
  })

  return {
    isWanted: Effect.gen(function* () {
      open = (yield* store.parts(id)).filter(({ task }) => !over.has(task.id))
      if (open.length > 0) return true
      const others = (yield* store.holders(runnersOf(""))).some(({ host }) => host !== machine)
      return others && (yield* mayTravel)
    }).pipe(Effect.orElseSucceed(() => false)),

    run: (parts, onChange) => {
      const giving = Effect.gen(function* () {
        yield* until(() => looks > 0 && open.length === 0)
        if (hasFailed) return
        yield* Stream.runForEach(
          Stream.takeWhile(parts(shared), () => !hasFailed),
          create
        )
        yield* until(() => open.length === 0)
      })
      const showing = Effect.andThen(
        Effect.sync(() => onChange(shared, underWay(open))),
        Effect.sleep(lookMillis)
      )
      const others = Effect.all([looking, Effect.forever(showing), Effect.forever(here)], { concurrency: "unbounded" })
      const whole = Effect.raceFirst(giving, Effect.andThen(others, Effect.never))
      const ending = Effect.suspend(() => (wish() === undefined ? Effect.void : endAll))
      return Effect.map(
        Effect.onExit(whole, () => ending),
        () => shared
      )
    }
  }
}
