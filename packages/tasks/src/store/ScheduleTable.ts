/** The table of schedules. */
import { current } from "@ourclone/core/machine/ProcessIdentity"
import * as Schema from "effect/Schema"
import { noHooks } from "../task/Hooks.ts"
import { type Plan, Schedule } from "../task/Schedule.ts"
import * as TaskId from "../task/TaskId.ts"
import type { TaskState } from "../task/TaskState.ts"
import { fail, NoSchedule, ScheduleExists } from "./TaskError.ts"
import { now, rows, run, type Work } from "./Work.ts"

interface Row {
  readonly id: string
  readonly name: string
  readonly body: string
}

const Body = Schema.Struct(Schedule.fields).mapFields(({ id: _, name: __, lastSuccessAt: ___, ...rest }) => rest)
const decodeBody = Schema.decodeUnknownSync(Body)
/** An older version knew no hooks. */
const decode = (body: string) => decodeBody({ hooks: noHooks, ...JSON.parse(body) })

/** As `TaskTables` writes it. */
const allDone = JSON.stringify({ _tag: "Done", failed: 0 } satisfies TaskState)

const lastSuccessOf = function* (id: string): Work<number | null> {
  const [last] = yield* rows<{ ended: number }>(
    "select ended from task where schedule = ? and tag = 'Done' and state = ? order by id desc limit 1",
    id,
    allDone
  )
  return last?.ended ?? null
}

const toSchedule = function* ({ body, id, name }: Row): Work<Schedule> {
  return { id, name, ...decode(body), lastSuccessAt: yield* lastSuccessOf(id) }
}

export const load = function* (id: string): Work<Schedule> {
  const [row] = yield* rows<Row>("select * from schedule where id = ?1 or name = ?1 order by id = ?1 desc", id)
  if (row === undefined) throw fail(new NoSchedule({ message: `there is no schedule "${id}"` }))
  return yield* toSchedule(row)
}

const store = function* ({ id, lastSuccessAt: _, name, ...body }: Schedule): Work<Schedule> {
  const [other] = yield* rows<Row>("select * from schedule where name = ? and id <> ?", name, id)
  if (other !== undefined) {
    throw fail(new ScheduleExists({ message: `a schedule is called "${name}" already; choose another name` }))
  }
  yield* run(
    `insert into schedule values (?, ?, ?)
       on conflict (id) do update set name = excluded.name, body = excluded.body`,
    id,
    name,
    JSON.stringify(body)
  )
  return yield* load(id)
}

export const create = function* (plan: Plan, by: string | null): Work<Schedule> {
  const at = yield* now()
  const rest = { createdAt: at, lookedAt: at, lastMissed: null, lastSuccessAt: null }
  return yield* store({ ...plan, ...rest, id: TaskId.make(at), by, machine: current().host })
}

export const list = function* (): Work<ReadonlyArray<Schedule>> {
  const found: Array<Schedule> = []
  for (const row of yield* rows<Row>("select * from schedule order by name")) found.push(yield* toSchedule(row))
  return found
}

export const change = function* (id: string, changes: Partial<Plan>): Work<Schedule> {
  const before = yield* load(id)
  const after = { ...before, ...changes }
  const isAnew = after.cron !== before.cron || after.zone !== before.zone || (after.isOn && !before.isOn)
  return yield* store(isAnew ? { ...after, lookedAt: yield* now() } : after)
}

export const remove = function* (id: string): Work<void> {
  yield* run("delete from schedule where id = ?", (yield* load(id)).id)
}

export const looked = function* (id: string, lookedAt: number, missed: Schedule["lastMissed"]): Work<void> {
  const schedule = yield* load(id)
  yield* store({ ...schedule, lookedAt, lastMissed: missed ?? schedule.lastMissed })
}
