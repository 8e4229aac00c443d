/** The table of deliveries. */
import * as TaskId from "../task/TaskId.ts"
import type { Delivery } from "./DeliveryStore.ts"
import { now, rows, run, type Work } from "./Work.ts"

const columns = `id, target, body, created as "createdAt", tries, error`
/** What was sent is kept for so long, so that it is not sent twice. */
const keptMillis = 30 * 24 * 3_600_000

export const add = function* (target: string, key: string, body: string): Work<void> {
  const at = yield* now()
  yield* run(
    "insert into delivery(id, target, key, body, created, due) values (?, ?, ?, ?, ?, ?) on conflict do nothing",
    TaskId.make(at),
    target,
    key,
    body,
    at,
    at
  )
}

export const due = function* (limit: number): Work<ReadonlyArray<Delivery>> {
  return yield* rows(`select ${columns} from delivery where due <= ? order by id limit ?`, yield* now(), limit)
}

export const sent = function* (id: string): Work<void> {
  yield* run("update delivery set due = null, error = null, tries = tries + 1 where id = ?", id)
  const before = (yield* now()) - keptMillis
  yield* run("delete from delivery where due is null and error is null and created < ?", before)
}

export const failed = function* (id: string, error: string, again: number | null): Work<void> {
  yield* run("update delivery set due = ?, error = ?, tries = tries + 1 where id = ?", again, error, id)
}

export const problems = function* (limit: number): Work<ReadonlyArray<Delivery>> {
  return yield* rows(`select ${columns} from delivery where error is not null order by id desc limit ?`, limit)
}

export const mark = function* (name: string): Work<number> {
  const [found] = yield* rows<{ value: number }>("select value from counter where name = ?", name)
  return found?.value ?? 0
}

export const setMark = function* (name: string, value: number): Work<void> {
  yield* run("insert into counter values (?, ?) on conflict (name) do update set value = excluded.value", name, value)
}
