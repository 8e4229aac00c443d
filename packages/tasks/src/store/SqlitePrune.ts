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

const pagesAtOnce = 2_000

const pragma = (database: Database, name: string): number =>
  Number(Object.values(database.rows<Record<string, number>>(`pragma ${name}`)[0]!)[0])

const sizeOf = (database: Database): number =>
  (pragma(database, "page_count") - pragma(database, "freelist_count")) * pragma(database, "page_size")

const keys = { event: "seq", outcome: "path" } as const

const forgetFacts = function* (database: Database, id: string, gone: Gone): Steps {
  for (const table of ["event", "outcome"] as const) {
    const key = keys[table]
    const some = `select ${key} from ${table} where task = ?1 limit ${slice}`
    for (let removed = slice; removed === slice; ) {
      removed = database.run(`delete from ${table} where task = ?1 and ${key} in (${some})`, id)
      if (table === "event") gone.facts += removed
      if (removed > 0) yield
    }
  }
}

/** Gives the room back to the disk. */
const shrink = function* (database: Database): Steps {
  for (let free = pragma(database, "freelist_count"); free > 0; ) {
    database.rows(`pragma incremental_vacuum(${pagesAtOnce})`)
    const left = pragma(database, "freelist_count")
    if (left >= free) return
    free = left
    yield
  }
}

/** A piece of work from one to the next, so that others can write in between. */
export type Steps = Generator<void, void, void>

/** What was removed so far. */
export interface Gone {
  tasks: number
  facts: number
}

export const prune = function* (
  database: Database,
  now: number,
  { factsMillis, maxBytes, tasksMillis }: Retention,
  gone: Gone
): Steps {
  const endedBefore = (moment: number) =>
    database.rows<{ id: string }>(`select id from task where ${ended} and ended < ? order by ended`, moment)
  for (const { id } of endedBefore(now - tasksMillis)) {
    yield* forgetFacts(database, id, gone)
    gone.tasks += database.run("delete from task where id = ?", id)
  }
  for (const { id } of endedBefore(now - factsMillis)) yield* forgetFacts(database, id, gone)
  for (const { id } of endedBefore(now + 1)) {
    if (sizeOf(database) <= maxBytes) break
    yield* forgetFacts(database, id, gone)
  }
  yield* shrink(database)
}
