/** The store of one machine: a SQLite file, for as many processes as like to. */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import * as SqliteDatabase from "./SqliteDatabase.ts"
import * as TablesStore from "./TablesStore.ts"
import type { TaskError } from "./TaskError.ts"
import type { TaskStore } from "./TaskStore.ts"
import type { Answer, Statement, Work } from "./Work.ts"

export interface SqliteStoreOptions {
  readonly clock?: () => number
  /**
   * False for a record that ends with its process anyway: after a power cut, though not after a kill, its last facts may
   * be missing. It saves waiting for the disk.
   */
  readonly isDurable?: boolean
  /** For a thread that has others to answer: it waits for writers so long at a time, and goes on with other work in between. */
  readonly busyMillis?: number
}

/** Lets whatever else waits in this thread go first. */
const breath = Effect.promise(() => new Promise((resolve) => setImmediate(resolve)))

const againMillis = 25
/** In all, before a call fails because others never stop writing. */
const mostTries = 400

/** Given back to the system at once. */
const pagesAtOnce = 2_000

const pragma = (database: SqliteDatabase.Database, name: string): number =>
  Number(Object.values(database.rows<Record<string, number>>(`pragma ${name}`)[0]!)[0])

/** By one statement: a call costs as much as a row. */
const rowsAtOnce = 32

const none: Answer = { rows: [], changes: 0 }
const isQuery = /^\s*select|\breturning\b/

const answer = (database: SqliteDatabase.Database, clock: () => number, statement: Statement): Answer | number => {
  switch (statement._tag) {
    case "Run": {
      const { sql, values } = statement
      return isQuery.test(sql)
        ? { rows: database.rows(sql, ...values), changes: 0 }
        : { rows: [], changes: database.run(sql, ...values) }
    }
    case "Insert": {
      const { into, rest, rows } = statement
      const row = `(${rows[0]!.map(() => "?").join(", ")})`
      const sqlOf = (count: number) => `insert into ${into} values ${Array(count).fill(row).join(", ")} ${rest}`
      const [several, one] = [sqlOf(rowsAtOnce), sqlOf(1)]
      const whole = rows.length - (rows.length % rowsAtOnce)
      for (let at = 0; at < whole; at += rowsAtOnce) database.run(several, ...rows.slice(at, at + rowsAtOnce).flat())
      for (const values of rows.slice(whole)) database.run(one, ...values)
      return none
    }
    case "Now":
      return clock()
    case "Size":
      return (pragma(database, "page_count") - pragma(database, "freelist_count")) * pragma(database, "page_size")
    case "Shrink": {
      const before = pragma(database, "freelist_count")
      database.rows(`pragma incremental_vacuum(${pagesAtOnce})`)
      const after = pragma(database, "freelist_count")
      return { rows: [], changes: after > 0 ? before - after : 0 }
    }
    case "Pause":
      return none
  }
}

/** A store whose calls block this thread for as long as a commit takes: for a process that does little else. */
export const make = (
  file: string,
  { busyMillis, clock = Date.now, isDurable = true }: SqliteStoreOptions = {}
): Effect.Effect<TaskStore, TaskError, Scope.Scope> => {
  const once = <A>(work: () => A): Effect.Effect<A, TaskError> =>
    Effect.try({ try: work, catch: (error) => SqliteDatabase.errorOf(file, error) })
  const patiently = <A>(work: () => A, tries: number): Effect.Effect<A, TaskError> =>
    Effect.suspend(() => {
      try {
        return Effect.succeed(work())
      } catch (error) {
        return SqliteDatabase.isBusy(error) && tries > 0
          ? Effect.andThen(Effect.sleep(againMillis), patiently(work, tries - 1))
          : Effect.fail(SqliteDatabase.errorOf(file, error))
      }
    })
  const attempt = busyMillis === undefined ? once : <A>(work: () => A) => patiently(work, mostTries)
  return Effect.map(
    Effect.acquireRelease(
      once(() => SqliteDatabase.open(file, { isDurable, busyMillis })),
      // Closing waits for the disk; what comes next, or the end of the process, closes as well.
      (database) => (isDurable ? Effect.sync(database.close) : Effect.void)
    ),
    (database) => {
      const finish = <A>(work: Work<A>): A => {
        let step = work.next()
        while (step.done !== true) step = work.next(answer(database, clock, step.value))
        return step.value
      }
      /** A statement that others were in the way of is run again; between pieces others have their turn. */
      const inPieces = <A>(work: Work<A>): Effect.Effect<A, TaskError> => {
        let step: IteratorResult<Statement, A> | undefined
        const piece = (): IteratorResult<Statement, A> => {
          step ??= work.next()
          while (step.done !== true && step.value._tag !== "Pause")
            step = work.next(answer(database, clock, step.value))
          return step
        }
        const go: Effect.Effect<A, TaskError> = Effect.flatMap(attempt(piece), (reached) => {
          if (reached.done === true) return Effect.succeed(reached.value)
          return Effect.andThen(
            breath,
            Effect.suspend(() => {
              step = work.next(none)
              return go
            })
          )
        })
        return go
      }
      return TablesStore.make({
        apart: (work) => Effect.suspend(() => inPieces(work())),
        together: (work) => attempt(() => database.transaction(() => finish(work())))
      })
    }
  )
}
