/** The table of schedules on SQLite. */
import * as Schema from "effect/Schema"
import { noHooks } from "../task/Hooks.ts"
import { type Plan, Schedule } from "../task/Schedule.ts"
import * as TaskId from "../task/TaskId.ts"
import { type Database, fail } from "./SqliteDatabase.ts"
import { NoSchedule, ScheduleExists } from "./TaskError.ts"

interface Row {
  readonly id: string
  readonly name: string
  readonly body: string
}

const Body = Schema.Struct(Schedule.fields).mapFields(({ id: _, name: __, lastSuccessAt: ___, ...rest }) => rest)
const decodeBody = Schema.decodeUnknownSync(Body)
/** An older version knew no hooks. */
const decode = (body: string) => decodeBody({ hooks: noHooks, ...JSON.parse(body) })

export const make = (database: Database, clock: () => number) => {
  const lastSuccessOf = (id: string): number | null => {
    const rows = database.rows<{ ended: number }>(
      "select ended from task where schedule = ? and tag = 'Done' and json_extract(state, '$.failed') = 0 order by id desc limit 1",
      id
    )
    return rows[0]?.ended ?? null
  }
  const toSchedule = ({ body, id, name }: Row): Schedule => ({
    id,
    name,
    ...decode(body),
    lastSuccessAt: lastSuccessOf(id)
  })

  const load = (id: string): Schedule => {
    const [row] = database.rows<Row>("select * from schedule where id = ?1 or name = ?1 order by id = ?1 desc", id)
    if (row === undefined) throw fail(new NoSchedule({ message: `there is no schedule "${id}"` }))
    return toSchedule(row)
  }

  const store = ({ id, lastSuccessAt: _, name, ...body }: Schedule): Schedule => {
    const [other] = database.rows<Row>("select * from schedule where name = ? and id <> ?", name, id)
    if (other !== undefined) {
      throw fail(new ScheduleExists({ message: `a schedule is called "${name}" already; choose another name` }))
    }
    database.run("insert or replace into schedule values (?, ?, ?)", id, name, JSON.stringify(body))
    return load(id)
  }

  return {
    load,
    create: (plan: Plan, by: string | null): Schedule =>
      database.transaction(() => {
        const now = clock()
        const rest = { createdAt: now, lookedAt: now, lastMissed: null, lastSuccessAt: null }
        return store({ ...plan, ...rest, id: TaskId.make(now), by })
      }),
    list: (): ReadonlyArray<Schedule> => database.rows<Row>("select * from schedule order by name").map(toSchedule),
    change: (id: string, change: Partial<Plan>): Schedule =>
      database.transaction(() => {
        const before = load(id)
        const after = { ...before, ...change }
        const isAnew = after.cron !== before.cron || after.zone !== before.zone || (after.isOn && !before.isOn)
        return store(isAnew ? { ...after, lookedAt: clock() } : after)
      }),
    remove: (id: string): void =>
      database.transaction(() => {
        database.run("delete from schedule where id = ?", load(id).id)
      }),
    looked: (id: string, lookedAt: number, missed: Schedule["lastMissed"]): void =>
      database.transaction(() => {
        const schedule = load(id)
        store({ ...schedule, lookedAt, lastMissed: missed ?? schedule.lastMissed })
      })
  }
}
