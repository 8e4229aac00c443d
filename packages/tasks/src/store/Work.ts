/**
 * Work on a database as the statements that it runs, one after another, whatever the database: each is yielded, and answered
 * by whoever runs the work.
 *
 * The statements are such as SQLite and Postgres both understand: parameters are `?` or `?1`, a conflict is met by
 * `on conflict`, and a column of a group is one that it is grouped by.
 */

export type Value = string | number | null

export type Statement =
  | { readonly _tag: "Run"; readonly sql: string; readonly values: ReadonlyArray<Value> }
  /** A statement that ends with `values (?, …)`, or with what follows it, for each row. */
  | {
      readonly _tag: "Insert"
      readonly into: string
      readonly rows: ReadonlyArray<ReadonlyArray<Value>>
      readonly rest: string
    }
  /** Of the database, not of the machine: several may look at one. */
  | { readonly _tag: "Now" }
  /** The bytes that the journal takes. */
  | { readonly _tag: "Size" }
  /** Gives some of what is free back to the system; changes something as long as there is more. */
  | { readonly _tag: "Shrink" }
  /** Where others may write in between. */
  | { readonly _tag: "Pause" }

export interface Answer {
  readonly rows: ReadonlyArray<unknown>
  /** How many rows were changed. */
  readonly changes: number
}

export type Work<A> = Generator<Statement, A, Answer | number>

const asked = function* (sql: string, values: ReadonlyArray<Value>): Work<Answer> {
  return (yield { _tag: "Run", sql, values }) as Answer
}

export const rows = function* <Row>(sql: string, ...values: ReadonlyArray<Value>): Work<ReadonlyArray<Row>> {
  return (yield* asked(sql, values)).rows as ReadonlyArray<Row>
}

/** Gives how many rows it changed. */
export const run = function* (sql: string, ...values: ReadonlyArray<Value>): Work<number> {
  return (yield* asked(sql, values)).changes
}

/** Many rows of one table, such as `facts`; `rest` is what follows the values. */
export const insert = function* (into: string, rows: ReadonlyArray<ReadonlyArray<Value>>, rest = ""): Work<void> {
  if (rows.length > 0) yield { _tag: "Insert", into, rows, rest }
}

/** Milliseconds since 1970 UTC. */
export const now: () => Work<number> = function* () {
  return (yield { _tag: "Now" }) as number
}

export const size: () => Work<number> = function* () {
  return (yield { _tag: "Size" }) as number
}

/** Gives whether there is more. */
export const shrink: () => Work<boolean> = function* () {
  return ((yield { _tag: "Shrink" }) as Answer).changes > 0
}

export const pause: () => Work<void> = function* () {
  yield { _tag: "Pause" }
}
