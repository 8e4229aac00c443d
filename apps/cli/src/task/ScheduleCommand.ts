/** `schedule`: tasks by the clock. */
import { resolve } from "node:path"
import * as Amount from "@ourclone/core/events/Amount"
import { printable } from "@ourclone/core/events/PrintableText"
import * as Age from "@ourclone/core/filter/Age"
import * as When from "@ourclone/tasks/schedule/When"
import { noHooks } from "@ourclone/tasks/task/Hooks"
import { plain, type Schedule } from "@ourclone/tasks/task/Schedule"
import type { Served } from "@ourclone/tasks/task/ServedSchedule"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as ExitCode from "../ExitCode.ts"
import { server } from "../far/Server.ts"
import * as Output from "../Output.ts"
import * as Table from "../repository/Table.ts"
import { askWords } from "./AskedWords.ts"
import * as HookFlags from "./HookFlags.ts"
import * as Schedules from "./Schedules.ts"
import * as TaskText from "./TaskText.ts"

const ownZone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone

const nextOf = (schedule: Schedule, now: number, count: number): ReadonlyArray<number> => {
  const when = schedule.isOn ? Result.getOrElse(When.parse(schedule), () => undefined) : undefined
  return when === undefined ? [] : When.upcoming(when, now, count)
}

const header = ["NAME", "TASK", "ABOUT", "WHEN", "NEXT", "LAST", "GOOD SINCE"]

const row = ({ last, schedule }: Served, now: number): ReadonlyArray<string> => {
  const { cron, isOn, lastMissed, lastSuccessAt, name, watch, zone } = schedule
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
}

/** For a program: with its next runs. */
const json = (schedule: Schedule, now: number) => ({ ...schedule, next: nextOf(schedule, now, 3) })

export const list = Effect.gen(function* () {
  const output = yield* Output.make
  const schedules = yield* Schedules.open
  const now = yield* Clock.currentTimeMillis
  const all = yield* schedules.list
  if (output.isJson) for (const { schedule } of all) output.json(json(schedule, now))
  else if (all.length > 0) {
    for (const line of Table.lines(
      header,
      all.map((one) => row(one, now))
    )) {
      output.line(line)
    }
  }
  if (all.length === 0) output.note("there is no schedule; ourclone schedule add makes one")
  else if (!output.isJson && all.some(({ schedule }) => schedule.isOn)) yield* schedules.noteUnserved(output)
}).pipe(Effect.scoped)

/** Says when it comes next, and that somebody must be there to start it. */
const told = Effect.fnUntraced(function* (output: Output.Output, schedules: Schedules.Schedules, schedule: Schedule) {
  const now = yield* Clock.currentTimeMillis
  if (output.isJson) return output.json(json(schedule, now))
  const [next] = nextOf(schedule, now, 1)
  if (next === undefined) return output.note(`${schedule.name} is off`)
  output.note(`${schedule.name} runs next at ${Amount.time(next)}`)
  yield* schedules.noteUnserved(output)
})

const jitterOf = (text: string | undefined) => {
  if (text === undefined) return Effect.succeed(0)
  const millis = Result.getOrElse(Age.parse(text, 0), () => undefined)
  return millis === undefined || millis < 0
    ? ExitCode.usage(`--jitter: "${text}" is no length of time; write one such as 10m`)
    : Effect.succeed(Math.round(millis))
}

export interface AddFlags extends HookFlags.HookFlags {
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
  const isThere = (yield* server) !== undefined
  if (isThere) yield* HookFlags.refuseElsewhere(flags)
  const hooks = isThere ? noHooks : yield* HookFlags.hooksOf(flags)
  const zone = flags.zone ?? ownZone()
  const plan = { ...plain, kind, request, name, cron, zone, missed, watch, jitterMillis, hooks }
  const schedules = yield* Schedules.open
  const schedule = yield* schedules.create(plan)
  if (watch !== null && schedules.isAwaited(watch)) {
    output.problem(`${printable(watch)} is not there: it is watched once it is`)
  }
  yield* told(output, schedules, schedule)
}, Effect.scoped)

export const turn = Effect.fnUntraced(function* (isOn: boolean, flags: { readonly name: string }) {
  const output = yield* Output.make
  const schedules = yield* Schedules.open
  yield* told(output, schedules, yield* schedules.turn(flags.name, isOn))
}, Effect.scoped)

export const remove = Effect.fnUntraced(function* (flags: { readonly name: string }) {
  const schedules = yield* Schedules.open
  yield* schedules.remove(flags.name)
}, Effect.scoped)

export const run = Effect.fnUntraced(function* (flags: { readonly name: string }) {
  const output = yield* Output.make
  const schedules = yield* Schedules.open
  const { schedule } = yield* schedules.load(flags.name)
  const task = yield* schedules.start(schedule)
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
