/**
 * The facts of tasks, in the order in which they were told: several in a row of the table, as a row for each takes a run of
 * many small files a tenth of its time.
 */
import { type Envelope, version } from "@ourclone/core/events/Envelope"
import type { Fact } from "@ourclone/core/events/RunEvent"
import type { Told } from "./TaskStore.ts"
import { insert, pause, rows, run, type Work } from "./Work.ts"

interface Row {
  readonly task: string
  /** The number of its last fact. */
  readonly seq: number
  readonly body: string
}

const factsInRow = 256
/** A row may be long: what is read of them at a time is bounded. */
const rowsAtOnce = 16
/** Where rows turn out to be short, as those of journals that had one for each fact: about as much is read at a time. */
const mostRowsAtOnce = 2_000
const charactersAtOnce = 1_000_000
const deletedAtOnce = 32
/** For one path. */
const tasksAtOnce = 16

type Body = ReadonlyArray<readonly [at: number, fact: Fact]>

const itemOf = (fact: Fact): string | undefined =>
  "item" in fact ? fact.item : fact._tag === "Failed" ? fact.failure.item : undefined

/** Numbers them from `seq` on, and gives the number of the last. */
export const append = function* (task: string, seq: number, told: ReadonlyArray<Told>): Work<number> {
  const made: Array<[string, number, number, string]> = []
  for (let from = 0; from < told.length; from += factsInRow) {
    const some = told.slice(from, from + factsInRow)
    const body: Body = some.map(({ at, fact }) => [at, fact])
    made.push([task, seq + from + some.length, some.length, JSON.stringify(body)])
  }
  yield* insert("facts", made)
  return seq + told.length
}

/** How many rows to read next, where they are as long as these. */
const rowsLike = (some: ReadonlyArray<Row>): number => {
  const length = some.reduce((sum, { body }) => sum + body.length, 0) / some.length
  return Math.min(mostRowsAtOnce, Math.max(rowsAtOnce, Math.floor(charactersAtOnce / length)))
}

/** At most `limit` of those that are numbered after `after`. */
export const read = function* (task: string, after: number, limit: number): Work<ReadonlyArray<Envelope>> {
  const found: Array<Envelope> = []
  for (let seen = after, atOnce = rowsAtOnce; found.length < limit; ) {
    const asked = Math.min(limit - found.length, atOnce)
    const some = yield* rows<Row>(
      "select task, seq, body from facts where task = ? and seq > ? order by seq limit ?",
      ...[task, seen, asked]
    )
    for (const { body, seq: last } of some) {
      const told: Body = JSON.parse(body)
      told.forEach(([at, event], index) => {
        const seq = last - told.length + 1 + index
        if (seq > seen && found.length < limit) found.push({ v: version, seq, at, event })
      })
      seen = last
    }
    if (some.length < asked) break
    atOnce = rowsLike(some)
  }
  return found
}

/** The newest `limit` facts of an item in some tasks, ids of which are between two. */
const tellOf = function* (
  item: string,
  oldest: string,
  newest: string,
  limit: number
): Work<ReadonlyArray<Told & { readonly task: string }>> {
  // As it stands in the text of a row, where nothing but an item has to be it.
  const pattern = `%${JSON.stringify(item).replace(/[!%_]/g, "!$&")}%`
  const found: Array<Told & { readonly task: string }> = []
  let before: Pick<Row, "task" | "seq"> = { task: newest, seq: Number.MAX_SAFE_INTEGER }
  while (found.length < limit) {
    const some = yield* rows<Row>(
      `select task, seq, body from facts where task >= ? and (task, seq) < (?, ?) and body like ? escape '!'
         and task not in (select id from task where parent is not null)
       order by task desc, seq desc limit ?`,
      ...[oldest, before.task, before.seq, pattern, rowsAtOnce]
    )
    for (const { body, task } of some) {
      const told: Body = JSON.parse(body)
      for (const [at, fact] of told.toReversed()) {
        if (itemOf(fact) === item && found.length < limit) found.push({ task, at, fact })
      }
    }
    const last = some.at(-1)
    if (last === undefined || some.length < rowsAtOnce) break
    before = last
  }
  return found
}

/** The newest `limit` facts of an item, whatever the task. It looks through some tasks at a time, as an index would cost each run more. */
export const ofItem = function* (item: string, limit: number): Work<ReadonlyArray<Told & { readonly task: string }>> {
  const found: Array<Told & { readonly task: string }> = []
  for (let before = "~"; found.length < limit; ) {
    const tasks = yield* rows<{ id: string }>(
      "select id from task where id < ? and parent is null order by id desc limit ?",
      before,
      tasksAtOnce
    )
    const [newest, oldest] = [tasks[0]?.id, tasks.at(-1)?.id]
    if (newest === undefined || oldest === undefined) break
    found.push(...(yield* tellOf(item, oldest, newest, limit - found.length)))
    before = oldest
    yield* pause()
  }
  return found
}

/** Gives how many there were. */
export const forget = function* (task: string): Work<number> {
  const sql = "select cast(coalesce(sum(amount), 0) as bigint) as amount from facts where task = ?"
  const [{ amount } = { amount: 0 }] = yield* rows<{ amount: number }>(sql, task)
  for (;;) {
    const removed = yield* run(
      `delete from facts where task = ?1 and seq in (select seq from facts where task = ?1 limit ${deletedAtOnce})`,
      task
    )
    if (removed > 0) yield* pause()
    if (removed < deletedAtOnce) return amount
  }
}
