/** The journal's database on Postgres: reached, brought up to date, and its failures named. */
import * as PgConnection from "@effect/sql-pg/PgConnection"
import * as PgPool from "@effect/sql-pg/PgPool"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import type * as Scope from "effect/Scope"
import type { SqlError } from "effect/sql/SqlError"
import { isUrl, whereOf } from "./PostgresPlace.ts"
import { steps } from "./PostgresSteps.ts"
import { fail, JournalTooNew, JournalUnavailable, TaskError } from "./TaskError.ts"

/** One writer at a time, as on SQLite: it holds this lock until its transaction ends. */
export const writing = 7727
/** A number apart, so that who comes first makes the tables alone. */
const migrating = 7728

/** A writer that says nothing for so long, frozen or cut off, is ended by the server: others wait for it. */
const silentMillis = 3_000
const waitMillis = 10_000
const statementMillis = 30_000
const connectMillis = 5_000

export interface PostgresOptions {
  /** `postgres://user:password@host:port/database`, with `?sslmode=` and what else libpq knows. */
  readonly url: Redacted.Redacted
  /** As for `SqliteStore`. */
  readonly isDurable?: boolean
  /** How many connections at most. */
  readonly connections?: number
}

const away = new Set(["ConnectionError", "LockTimeoutError", "StatementTimeoutError"])
/** SQLSTATE: the server shuts down or starts, has no room for connections, or ended a transaction that was silent. */
const awayCodes = new Set(["57P01", "57P02", "57P03", "53300", "25P03", "25P02"])
/** SQLSTATE: disk_full. */
const fullCode = "53100"

const codeOf = ({ reason }: SqlError): string | undefined => {
  const cause: unknown = reason.cause
  const code = typeof cause === "object" && cause !== null && "code" in cause ? cause.code : undefined
  return typeof code === "string" ? code : undefined
}

export const isAway = (error: SqlError): boolean => away.has(error.reason._tag) || awayCodes.has(codeOf(error) ?? "")

/** Somebody else was at it in the same moment: to be done again. */
export const isCollision = (error: SqlError): boolean =>
  error.reason._tag === "SerializationError" || error.reason._tag === "DeadlockError"

const unavailable = (name: string, cause: string, isGone: boolean, isFull = false): TaskError =>
  fail(new JournalUnavailable({ message: `the journal ${name} can not be used: ${cause}`, isFull, isAway: isGone }))

export const errorOf = (name: string, error: SqlError | TaskError): TaskError => {
  if (error instanceof TaskError) return error
  const cause: unknown = error.reason.cause
  const words = cause instanceof Error && cause.message !== "" ? cause.message : error.message
  return unavailable(name, words, isAway(error) || isCollision(error), codeOf(error) === fullCode)
}

export interface Database {
  readonly name: string
  readonly pool: PgPool.PgPool
}

const migrate = Effect.fnUntraced(function* (name: string, connection: PgConnection.PgConnection) {
  yield* connection.query("begin")
  yield* connection.query(`select 1 from pg_advisory_xact_lock(${migrating})`)
  yield* connection.query("create schema if not exists ourclone")
  yield* connection.query("create table if not exists ourclone.form(version bigint not null)")
  const [form] = (yield* connection.query("select version from ourclone.form")).rows
  const from = Number(form?.version ?? 0)
  if (from > steps.length) {
    const message = `a newer version of this program has written ${name} (its form is ${from}, this one knows up to ${steps.length})`
    return yield* fail(new JournalTooNew({ message }))
  }
  for (const step of steps.slice(from)) {
    for (const sql of step.split(";")) if (sql.trim() !== "") yield* connection.query(sql, [], false)
  }
  if (from < steps.length) {
    yield* connection.query("delete from ourclone.form")
    yield* connection.query("insert into ourclone.form values ($1)", [steps.length])
  }
  yield* connection.query("commit")
})

/** Connected, and all tables there, until the scope closes. Fails with `JournalUnavailable` or `JournalTooNew`. */
export const open = Effect.fnUntraced(function* ({
  connections = 4,
  isDurable = true,
  url
}: PostgresOptions): Effect.fn.Return<Database, TaskError, Scope.Scope> {
  const text = Redacted.value(url)
  if (!isUrl(text))
    return yield* unavailable("of several machines", "its address is not like postgres://user@host/database", false)
  const { mustEncrypt, name } = whereOf(text)
  const config: PgPool.Config = {
    url,
    // Who says nothing of it is not heard by others: names and places go over this connection.
    ...(mustEncrypt ? { ssl: true } : {}),
    applicationName: "ourclone",
    maxConnections: connections,
    connectTimeout: connectMillis,
    keepAlive: "5 seconds",
    startupParameters: {
      search_path: "ourclone",
      synchronous_commit: isDurable ? "on" : "off",
      idle_in_transaction_session_timeout: `${silentMillis}`,
      lock_timeout: `${waitMillis}`,
      statement_timeout: `${statementMillis}`
    }
  }
  const named = Effect.mapError((error: SqlError | TaskError) => errorOf(name, error))
  yield* named(Effect.scoped(Effect.flatMap(PgConnection.make(config), (connection) => migrate(name, connection))))
  return { name, pool: yield* named(PgPool.make(config)) }
})
