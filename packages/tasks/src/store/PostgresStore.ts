/** The store of several machines: a database of Postgres, for as many processes as like to. */
import type * as PgConnection from "@effect/sql-pg/PgConnection"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { ConnectionError, SqlError } from "effect/sql/SqlError"
import * as PostgresDatabase from "./PostgresDatabase.ts"
import * as TablesStore from "./TablesStore.ts"
import { fail, JournalUnavailable, TaskError } from "./TaskError.ts"
import type { TaskStore } from "./TaskStore.ts"
import type { Answer, Statement, Value, Work } from "./Work.ts"

export interface PostgresStoreOptions extends PostgresDatabase.PostgresOptions {
  /** The database's own when absent. */
  readonly clock?: () => number
}

/** So many are one statement. */
const mostRows = 500
/** In all, when another transaction was in the way. */
const mostTries = 5
const againMillis = 500
/** What a row of facts takes beside its text. */
const rowBytes = 100

/** Nobody answers a statement for so long unless the network swallows it. */
const deafMillis = 15_000

type Asked<A> = Effect.Effect<A, SqlError>

const deaf = (operation: string): SqlError => {
  const message = `no answer within ${deafMillis / 1_000} s`
  return new SqlError({ reason: new ConnectionError({ cause: new Error(message), message, operation }) })
}

const query = (
  connection: PgConnection.PgConnection,
  sql: string,
  values: ReadonlyArray<Value> = [],
  prepare?: boolean
): Asked<PgConnection.Result> =>
  Effect.timeoutOrElse(connection.query(sql, values, prepare), {
    duration: deafMillis,
    orElse: () => Effect.fail(deaf(sql.slice(0, 20)))
  })

const numbers = new Map<string, string>()
/** `?` and `?1` as `$1`. */
const numbered = (sql: string): string => {
  const known = numbers.get(sql)
  if (known !== undefined) return known
  let last = 0
  const spelled = sql.replace(/\?(\d*)/g, (_, number: string) => `$${number === "" ? ++last : number}`)
  numbers.set(sql, spelled)
  return spelled
}

/** No text of Postgres holds a NUL. */
const written = (value: Value): Value => (typeof value === "string" ? value.replaceAll("\0", "\uFFFD") : value)

const plain = (row: PgConnection.Row): PgConnection.Row => {
  for (const value of Object.values(row)) {
    if (typeof value !== "bigint") continue
    return Object.fromEntries(
      Object.entries(row).map(([name, one]) => [name, typeof one === "bigint" ? Number(one) : one])
    )
  }
  return row
}

const ask = (
  connection: PgConnection.PgConnection,
  sql: string,
  values: ReadonlyArray<Value> = [],
  prepare?: boolean
): Asked<Answer> =>
  Effect.map(query(connection, numbered(sql), values.map(written), prepare), ({ rowCount, rows }) => ({
    rows: rows.map(plain),
    changes: rowCount
  }))

const numberOf = (asked: Asked<Answer>): Asked<number> =>
  Effect.map(asked, ({ rows }) => Number(Object.values(rows[0] as PgConnection.Row)[0]))

const insertAll = (
  connection: PgConnection.PgConnection,
  { into, rest, rows }: Extract<Statement, { readonly _tag: "Insert" }>
): Asked<Answer> =>
  Effect.gen(function* () {
    for (let from = 0; from < rows.length; from += mostRows) {
      const some = rows.slice(from, from + mostRows)
      const places = some.map((row) => `(${row.map(() => "?").join(", ")})`).join(", ")
      // Of as many forms as there are lengths: not worth keeping.
      yield* ask(connection, `insert into ${into} values ${places} ${rest}`, some.flat(), false)
    }
    return { rows: [], changes: rows.length }
  })

const clockSql = "select (extract(epoch from clock_timestamp()) * 1000)::bigint as now"
/** Deleted rows leave their room to later ones, so that files say too much; they are asked first, as that costs nothing. */
const filesSql = "select pg_total_relation_size('facts') + pg_total_relation_size('outcome') as bytes"
const rowsSql = `select coalesce(sum(octet_length(body) + ${rowBytes}), 0)::bigint as bytes from facts`

/** A connection whose transaction knows the time at which it got its turn. */
interface Turn {
  readonly connection: PgConnection.PgConnection
  readonly now: Asked<number>
}

const answer = ({ connection, now }: Turn, statement: Statement): Asked<Answer | number> => {
  switch (statement._tag) {
    case "Run":
      return ask(connection, statement.sql, statement.values)
    case "Insert":
      return insertAll(connection, statement)
    case "Now":
      return now
    case "Size":
      return Effect.flatMap(numberOf(ask(connection, filesSql)), (files) =>
        files < 64 * 1024 * 1024 ? Effect.succeed(files) : numberOf(ask(connection, rowsSql))
      )
    case "Shrink":
    case "Pause":
      return Effect.succeed({ rows: [], changes: 0 })
  }
}

const finish = <A>(turn: Turn, work: Work<A>): Effect.Effect<A, SqlError | TaskError> => {
  const next = (given?: Answer | number) =>
    Effect.try({
      try: () => (given === undefined ? work.next() : work.next(given)),
      catch: (error) => {
        if (error instanceof TaskError) return error
        throw error
      }
    })
  return Effect.gen(function* () {
    let step = yield* next()
    while (step.done !== true) step = yield* next(yield* answer(turn, step.value))
    return step.value
  })
}

/** A database that can not say for so long what became of a transaction is not asked any more. */
const unsureMillis = 60_000

const neverSaid = (): TaskError =>
  fail(
    new JournalUnavailable({
      message: `the journal did not say within ${unsureMillis / 1_000} s whether it has what was written last`,
      isFull: false
    })
  )

/**
 * Whether a transaction whose end nobody has heard was committed. Asked until the database can say it. Fails where it does
 * not: what was written must not be written again then.
 */
const hasCommitted = Effect.fnUntraced(function* (
  pool: PostgresDatabase.Database["pool"],
  transaction: string
): Effect.fn.Return<boolean, TaskError> {
  const asking = pool.use((connection) => ask(connection, "select pg_xact_status(?::xid8) as status", [transaction]))
  for (const end = (yield* Clock.currentTimeMillis) + unsureMillis; (yield* Clock.currentTimeMillis) < end; ) {
    const status = yield* Effect.match(asking, {
      onFailure: () => "in progress",
      onSuccess: ({ rows }) => (rows[0] as { readonly status: string | null }).status
    })
    if (status !== "in progress") return status === "committed"
    yield* Effect.sleep(againMillis)
  }
  return yield* neverSaid()
})

const beginSql = `with turn as materialized (select pg_advisory_xact_lock(${PostgresDatabase.writing}))
  select pg_current_xact_id()::text as transaction, (extract(epoch from clock_timestamp()) * 1000)::bigint as now from turn`

type Ended<A> =
  | { readonly _tag: "Done"; readonly value: A }
  | { readonly _tag: "Unsure"; readonly value: A; readonly transaction: string; readonly because: SqlError }

const rolledBack = (): SqlError => {
  const message = "the server rolled the transaction back"
  return new SqlError({ reason: new ConnectionError({ cause: new Error(message), message, operation: "commit" }) })
}

export const make = Effect.fnUntraced(function* (
  options: PostgresStoreOptions
): Effect.fn.Return<TaskStore, TaskError, Scope.Scope> {
  const { clock } = options
  const { name, pool } = yield* PostgresDatabase.open(options)

  const once = <A>(work: () => Work<A>): Effect.Effect<Ended<A>, SqlError | TaskError> =>
    Effect.scoped(
      Effect.gen(function* () {
        const connection = yield* pool.reserve
        yield* query(connection, "begin")
        const inside = Effect.gen(function* () {
          const { rows } = yield* ask(connection, beginSql)
          const { now, transaction } = rows[0] as { readonly now: number; readonly transaction: string }
          const at = clock === undefined ? Effect.succeed(now) : Effect.sync(clock)
          const value = yield* finish({ connection, now: at }, work())
          return { value, transaction }
        })
        const { transaction, value } = yield* Effect.onError(inside, () => Effect.ignore(query(connection, "rollback")))
        return yield* Effect.match(query(connection, "commit"), {
          onFailure: (because): Ended<A> => ({ _tag: "Unsure", value, transaction, because }),
          onSuccess: ({ command }): Ended<A> =>
            command === "COMMIT"
              ? { _tag: "Done", value }
              : { _tag: "Unsure", value, transaction, because: rolledBack() }
        })
      })
    )

  /** Done again where another was in the way, or where a connection had ended that nobody had used for a while. */
  const together = <A>(work: () => Work<A>, tries = mostTries): Effect.Effect<A, SqlError | TaskError> => {
    const again = (error: SqlError) => (tries > 1 ? together(work, tries - 1) : Effect.fail(error))
    return Effect.matchEffect(once(work), {
      onFailure: (error) => {
        if (error instanceof TaskError) return Effect.fail(error)
        const isWorthIt = PostgresDatabase.isCollision(error) || (tries === mostTries && PostgresDatabase.isAway(error))
        return isWorthIt ? again(error) : Effect.fail(error)
      },
      onSuccess: (ended) => {
        if (ended._tag === "Done") return Effect.succeed(ended.value)
        return Effect.flatMap(hasCommitted(pool, ended.transaction), (isDone) =>
          isDone ? Effect.succeed(ended.value) : again(ended.because)
        )
      }
    })
  }

  const apart = <A>(work: () => Work<A>): Effect.Effect<A, SqlError | TaskError> =>
    pool.use((connection) => {
      const now = clock === undefined ? numberOf(ask(connection, clockSql)) : Effect.sync(clock)
      return finish({ connection, now }, work())
    })

  const named = <A>(effect: Effect.Effect<A, SqlError | TaskError>): Effect.Effect<A, TaskError> =>
    Effect.mapError(effect, (error) => PostgresDatabase.errorOf(name, error))
  return TablesStore.make({
    apart: (work) => {
      const once = Effect.suspend(() => apart(work))
      return named(
        Effect.catch(once, (error) =>
          error._tag === "SqlError" && PostgresDatabase.isAway(error) ? once : Effect.fail(error)
        )
      )
    },
    together: (work) => named(Effect.suspend(() => together(work)))
  })
})
