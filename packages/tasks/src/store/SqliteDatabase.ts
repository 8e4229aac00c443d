/** The journal's database file: opened, brought up to date, and its failures named. */
import * as fs from "node:fs"
import * as path from "node:path"
import { DatabaseSync, type StatementSync } from "node:sqlite"
import { makeFolder } from "@ourclone/core/machine/MadeFolder"
import { migrations } from "./migrations.ts"
import { fail, JournalTooNew, JournalUnavailable, TaskError } from "./TaskError.ts"

const busyMillis = 5_000

/**
 * What SQLite says where the disk, a quota or a limit of the process leaves no room: `SQLITE_FULL`, and that a write or
 * the growing of its shared memory failed.
 */
const noRoom: ReadonlySet<number> = new Set([13, 778, 4874])

/** What a throw of SQLite, or of our own, means. */
export const errorOf = (file: string, error: unknown): TaskError => {
  if (error instanceof TaskError) return error
  const cause = error instanceof Error ? error.message : String(error)
  const code = error instanceof Error && "errcode" in error ? Number(error.errcode) : 0
  return fail(
    new JournalUnavailable({ message: `the journal ${file} can not be used: ${cause}`, isFull: noRoom.has(code) })
  )
}

const migrate = (database: DatabaseSync, file: string, steps: ReadonlyArray<string>): void => {
  const version = () => Number((database.prepare("pragma user_version").get() as { user_version: number }).user_version)
  if (version() === steps.length) return
  database.exec("begin immediate")
  try {
    const from = version()
    if (from > steps.length) {
      const message = `a newer version of this program has written ${file} (its form is ${from}, this one knows up to ${steps.length})`
      throw fail(new JournalTooNew({ message }))
    }
    for (const step of steps.slice(from)) database.exec(step)
    database.exec(`pragma user_version = ${steps.length}`)
    database.exec("commit")
  } catch (error) {
    database.exec("rollback")
    throw error
  }
}

export interface Database {
  readonly file: string
  /** The rows of a statement, which is prepared once. */
  readonly rows: <Row>(sql: string, ...values: ReadonlyArray<string | number | null>) => ReadonlyArray<Row>
  /** Runs a statement; gives how many rows it changed. */
  readonly run: (sql: string, ...values: ReadonlyArray<string | number | null>) => number
  /** All or nothing. */
  readonly transaction: <A>(work: () => A) => A
  readonly close: () => void
}

export interface OpenOptions {
  /** The steps from an empty database to today's. */
  readonly steps?: ReadonlyArray<string>
  /** Whether a commit waits for the disk. */
  readonly isDurable?: boolean
  /** How long this thread waits for others that write, once the file is open; five seconds when absent. */
  readonly busyMillis?: number | undefined
}

const busy = 5

/** Another process was writing for longer than was waited. */
export const isBusy = (error: unknown): boolean =>
  error instanceof Error && "errcode" in error && (Number(error.errcode) & 0xff) === busy

const connect = (file: string): DatabaseSync => {
  try {
    makeFolder(path.dirname(file))
    if (!fs.existsSync(file)) fs.closeSync(fs.openSync(file, "a", 0o600))
    return new DatabaseSync(file, { timeout: busyMillis })
  } catch (error) {
    throw errorOf(file, error)
  }
}

/** Opens the file and makes what is missing of it and around it, by `steps`. Throws `TaskError`. */
export const open = (
  file: string,
  { busyMillis: patience, isDurable = true, steps = migrations }: OpenOptions = {}
): Database => {
  const database = connect(file)
  try {
    database.exec(`pragma synchronous = ${isDurable ? "full" : "normal"}`)
    database.exec("pragma auto_vacuum = incremental")
    database.exec("pragma journal_mode = wal")
    migrate(database, file, steps)
    if (patience !== undefined) database.exec(`pragma busy_timeout = ${patience}`)
  } catch (error) {
    database.close()
    throw errorOf(file, error)
  }
  const statements = new Map<string, StatementSync>()
  const statement = (sql: string): StatementSync => {
    const known = statements.get(sql)
    if (known !== undefined) return known
    const prepared = database.prepare(sql)
    statements.set(sql, prepared)
    return prepared
  }
  const guarded = <A>(work: () => A): A => {
    try {
      return work()
    } catch (error) {
      if (patience !== undefined && isBusy(error)) throw error
      throw errorOf(file, error)
    }
  }
  return {
    file,
    rows: <Row>(sql: string, ...values: ReadonlyArray<string | number | null>) =>
      guarded(() => statement(sql).all(...values) as unknown as ReadonlyArray<Row>),
    run: (sql, ...values) => guarded(() => Number(statement(sql).run(...values).changes)),
    transaction: (work) =>
      guarded(() => {
        database.exec("begin immediate")
        try {
          const answer = work()
          database.exec("commit")
          return answer
        } catch (error) {
          if (database.isTransaction) database.exec("rollback")
          throw error
        }
      }),
    close: () => database.close()
  }
}
