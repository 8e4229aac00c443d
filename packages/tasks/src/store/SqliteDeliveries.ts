/** The table of deliveries on SQLite. */
import * as TaskId from "../task/TaskId.ts"
import type { Delivery } from "./DeliveryStore.ts"
import type { Database } from "./SqliteDatabase.ts"

const columns = "id, target, body, created as createdAt, tries, error"
/** What was sent is kept for so long, so that it is not sent twice. */
const keptMillis = 30 * 24 * 3_600_000

export const make = (database: Database, clock: () => number) => ({
  add: (target: string, key: string, body: string): void => {
    const now = clock()
    database.run(
      "insert or ignore into delivery(id, target, key, body, created, due) values (?, ?, ?, ?, ?, ?)",
      TaskId.make(now),
      target,
      key,
      body,
      now,
      now
    )
  },
  due: (limit: number): ReadonlyArray<Delivery> =>
    database.rows<Delivery>(`select ${columns} from delivery where due <= ? order by id limit ?`, clock(), limit),
  sent: (id: string): void => {
    database.run("update delivery set due = null, error = null, tries = tries + 1 where id = ?", id)
    database.run("delete from delivery where due is null and error is null and created < ?", clock() - keptMillis)
  },
  failed: (id: string, error: string, again: number | null): void => {
    database.run("update delivery set due = ?, error = ?, tries = tries + 1 where id = ?", again, error, id)
  },
  problems: (limit: number): ReadonlyArray<Delivery> =>
    database.rows<Delivery>(`select ${columns} from delivery where error is not null order by id desc limit ?`, limit),
  mark: (name: string): number =>
    database.rows<{ value: number }>("select value from counter where name = ?", name)[0]?.value ?? 0,
  setMark: (name: string, value: number): void => {
    database.run("insert or replace into counter values (?, ?)", name, value)
  }
})
