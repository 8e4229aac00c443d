/** `schedule`: tasks by the clock. */
import { existsSync } from "node:fs"
import { resolve } from "node:path"
import * as Amount from "@ourclone/core/events/Amount"
import { printable } from "@ourclone/core/events/PrintableText"
import * as Age from "@ourclone/core/filter/Age"
import * as SavePlan from "@ourclone/tasks/schedule/SavePlan"
import * as Scheduler from "@ourclone/tasks/schedule/Scheduler"
import * as When from "@ourclone/tasks/schedule/When"
import type { TaskStore } from "@ourclone/tasks/store/TaskStore"
import { plain, type Schedule } from "@ourclone/tasks/task/Schedule"
import { hasEnded } from "@ourclone/tasks/task/TaskState"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as ExitCode from "../ExitCode.ts"
import * as Output from "../Output.ts"
import * as Table from "../repository/Table.ts"
import { askWords } from "./AskedWords.ts"
import { type HookFlags, hooksOf } from "./HookFlags.ts"
import * as Journal from "./Journal.ts"
import { launch } from "./Launch.ts"
import { surroundings } from "./Surroundings.ts"
import * as TaskText from "./TaskText.ts"
import * as Unserved from "./Unserved.ts"
import { userName } from "./UserName.ts"

const ownZone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone

const nextOf = (schedule: Schedule, now: number, count: number): ReadonlyArray<number> => {
  const when = schedule.isOn ? Result.getOrElse(When.parse(schedule), () => undefined) : undefined
  return when === undefined ? [] : When.upcoming(when, now, count)
}

const header = ["NAME", "TASK", "ABOUT", "WHEN", "NEXT", "LAST", "GOOD SINCE"]

const row = Effect.fnUntraced(function* (store: TaskStore, schedule: Schedule, now: number) {
  const { cron, isOn, lastMissed, lastSuccessAt, name, watch, zone } = schedule
  const last = yield* Scheduler.lastTask(store, schedule)
  const missed = lastMissed !== null && lastMissed.at > (last?.createdAt ?? 0) ? `missed: ${lastMissed.because}` : ""
  const [next] = nextOf(schedule, now, 1)
  return [
    printable(name),
    schedule.kind,
    TaskText.subject(schedule),
    `${cron} ${zone}${watch === null ? "" : ", and on change"}`,
    isOn && next !== undefined ? Amount.time(next) : "off",
    last === undefined || missed !== "" ? missed : TaskText.state(last, now),
    lastSuccessAt === null ? "" : Amount.time(lastSuccessAt)
  ]
})

/** For a program: with its next runs. */
const json = (schedule: Schedule, now: number) => ({ ...schedule, next: nextOf(schedule, now, 3) })

export const list = Effect.gen(function* () {
  const output = yield* Output.make
  const store = yield* Journal.openToLook
  const now = yield* Clock.currentTimeMillis
  const schedules = yield* store.schedules.list
  if (output.isJson) for (const schedule of schedules) output.json(json(schedule, now))
  else if (schedules.length > 0) {
    const rows = yield* Effect.forEach(schedules, (schedule) => row(store, schedule, now))
    for (const line of Table.lines(header, rows)) output.line(line)
  }
  if (schedules.length === 0) output.note("there is no schedule; ourclone schedule add makes one")
  else if (!output.isJson && schedules.some(({ isOn }) => isOn)) yield* Unserved.note(output, store, "schedule")
}).pipe(Effect.scoped)

/** Says when it comes next, and that somebody must be there to start it. */
const told = Effect.fnUntraced(function* (output: Output.Output, store: TaskStore, schedule: Schedule) {
  const now = yield* Clock.currentTimeMillis
  if (output.isJson) return output.json(json(schedule, now))
  const [next] = nextOf(schedule, now, 1)
  if (next === undefined) return output.note(`${schedule.name} is off`)
  output.note(`${schedule.name} runs next at ${Amount.time(next)}`)
  yield* Unserved.note(output, store, "schedule")
})

const jitterOf = (text: string | undefined) => {
  if (text === undefined) return Effect.succeed(0)
  const millis = Result.getOrElse(Age.parse(text, 0), () => undefined)
  return millis === undefined || millis < 0
    ? ExitCode.usage(`--jitter: "${text}" is no length of time; write one such as 10m`)
    : Effect.succeed(Math.round(millis))
}

export interface AddFlags extends HookFlags {
  readonly name: string
  readonly cron: string
  readonly zone: string | undefined
  readonly jitter: string | undefined
  readonly watch: string | undefined
  readonly missed: "once" | "skip"
  /** Another command line, without the program's name. */
  readonly words: ReadonlyArray<string>
}

export const add = Effect.fnUntraced(function* (flags: AddFlags) {
  const output = yield* Output.make
  const { kind, request } = yield* askWords(flags.words)
  const { cron, missed, name } = flags
  const watch = flags.watch === undefined ? null : resolve(flags.watch)
  const jitterMillis = yield* jitterOf(flags.jitter)
  const hooks = yield* hooksOf(flags)
  const zone = flags.zone ?? ownZone()
  const plan = { ...plain, kind, request, name, cron, zone, missed, watch, jitterMillis, hooks }
  const store = yield* Journal.open
  const saved = SavePlan.create(store, plan, userName(), yield* surroundings)
  const schedule = yield* Effect.catchTag(saved, "InvalidJob", ({ message }) => ExitCode.usage(message))
  if (watch !== null && !existsSync(watch)) {
    output.problem(`${printable(watch)} is not there: it is watched once it is`)
  }
  yield* told(output, store, schedule)
}, Effect.scoped)

export const turn = Effect.fnUntraced(function* (isOn: boolean, flags: { readonly name: string }) {
  const output = yield* Output.make
  const store = yield* Journal.open
  yield* told(output, store, yield* store.schedules.change(flags.name, { isOn }))
}, Effect.scoped)

export const remove = Effect.fnUntraced(function* (flags: { readonly name: string }) {
  const store = yield* Journal.open
  const { id } = yield* store.schedules.load(flags.name)
  yield* store.schedules.remove(id)
}, Effect.scoped)

export const run = Effect.fnUntraced(function* (flags: { readonly name: string }) {
  const output = yield* Output.make
  const store = yield* Journal.openToLook
  const schedule = yield* store.schedules.load(flags.name)
  const last = yield* Scheduler.lastTask(store, schedule)
  if (last !== undefined && !hasEnded(last.state)) {
    const message = `the run before, task ${last.id}, is ${TaskText.state(last, yield* Clock.currentTimeMillis)}`
    return yield* new ExitCode.CommandStopped({ code: ExitCode.refused, message })
  }
  const task = yield* launch(store, yield* Scheduler.start(store, schedule))
  if (output.isJson) output.json(task)
  else output.note(`task ${task.id}: ${TaskText.state(task, Date.now())}`)
}, Effect.scoped)

export const due = Effect.fnUntraced(function* (flags: { readonly cron: string; readonly zone: string | undefined }) {
  const output = yield* Output.make
  const zone = flags.zone ?? ownZone()
  const when = When.parse({ cron: flags.cron, zone })
  if (Result.isFailure(when)) return yield* ExitCode.usage(when.failure.message)
  for (const at of When.upcoming(when.success, yield* Clock.currentTimeMillis, 5)) {
    if (output.isJson) output.json({ at })
    else output.line(Amount.time(at))
  }
}, Effect.scoped)
