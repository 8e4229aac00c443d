/** What is kept of tasks that ended, and for how long. */
import type { Database } from "./SqliteDatabase.ts"
import type { Retention } from "./TaskStore.ts"

/** A deletion of millions would hold the write lock for as long as it takes. */
const slice = 10_000
const ended = "tag in ('Done', 'Failed', 'Cancelled')"

export const retention: Retention = {
  factsMillis: 30 * 24 * 3_600_000,
  tasksMillis: 365 * 24 * 3_600_000,
  maxBytes: 1024 * 1024 * 1024
}

const sizeOf = (database: Database): number => {
  const value = (pragma: string): number =>
    Number(Object.values(database.rows<Record<string, number>>(`pragma ${pragma}`)[0]!)[0])
  return (value("page_count") - value("freelist_count")) * value("page_size")
}

const forgetFacts = (database: Database, id: string): number => {
  let gone = 0
  for (const table of ["event", "outcome"] as const) {
    const key = table === "event" ? "seq" : "path"
    for (;;) {
      const removed = database.run(
        `delete from ${table} where task = ?1 and ${key} in (select ${key} from ${table} where task = ?1 limit ${slice})`,
        id
      )
      if (table === "event") gone += removed
      if (removed < slice) break
    }
  }
  return gone
}

export const prune = (database: Database, now: number, { factsMillis, maxBytes, tasksMillis }: Retention) => {
  let [tasks, facts] = [0, 0]
  const endedBefore = (moment: number) =>
    database.rows<{ id: string }>(`select id from task where ${ended} and ended < ? order by ended`, moment)
  for (const { id } of endedBefore(now - tasksMillis)) {
    facts += forgetFacts(database, id)
    tasks += database.run("delete from task where id = ?", id)
  }
  for (const { id } of endedBefore(now - factsMillis)) facts += forgetFacts(database, id)
  for (const { id } of endedBefore(now + 1)) {
    if (sizeOf(database) <= maxBytes) break
    facts += forgetFacts(database, id)
  }
  database.rows("pragma incremental_vacuum")
  return { tasks, facts }
}
