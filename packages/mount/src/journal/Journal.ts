/**
 * The database of a mount: tree, cache and queue in one file, so that they change together or not at all.
 *
 * It is opened for this process alone; a second one that wants it is refused. A commit outlives a kill of the process;
 * `durably` makes it, and all before it, outlive a power cut.
 */
import { DatabaseSync, type StatementSync } from "node:sqlite"
import { migrations } from "./migrations.ts"

export type Value = string | number | null | Uint8Array
export type Row = Readonly<Record<string, Value>>

/** Names a point in the work. Does nothing in use; a test ends the process there. */
export type At = (point: string) => void

export class JournalRefused extends Error {
  readonly because: "InUse" | "TooNew" | "Damaged"
  constructor(because: "InUse" | "TooNew" | "Damaged", message: string) {
    super(message)
    this.because = because
  }
}

const busy = 5
const damaged = new Set([11, 26])

const refusedBy = (file: string, error: unknown): unknown => {
  if (!(error instanceof Error) || !("errcode" in error)) return error
  const code = Number(error.errcode) & 0xff
  if (code === busy) {
    return new JournalRefused(
      "InUse",
      `${file} is used by another process: the place is mounted already; unmount it there, or give this mount a cache directory of its own`
    )
  }
  return damaged.has(code)
    ? new JournalRefused(
        "Damaged",
        `${file} is damaged (${error.message}); what was not sent may still be read from the files beside it`
      )
    : error
}

export class Journal {
  readonly file: string
  private readonly database: DatabaseSync
  private readonly statements = new Map<string, StatementSync>()
  private readonly at: At
  /** For tests of power cuts: what was committed until now is on the disk. */
  private readonly onDurable: () => void

  constructor(file: string, at: At = () => {}, onDurable: () => void = () => {}) {
    this.file = file
    this.at = at
    this.onDurable = onDurable
    this.database = new DatabaseSync(file, { timeout: 0 })
    try {
      this.database.exec("pragma locking_mode = exclusive")
      this.database.exec("pragma page_size = 8192")
      this.database.exec("pragma journal_mode = wal")
      this.database.exec("pragma synchronous = normal")
      this.migrate()
    } catch (error) {
      this.database.close()
      throw refusedBy(file, error)
    }
  }

  private migrate(): void {
    this.database.exec("begin immediate")
    try {
      const version = Number(
        (this.database.prepare("pragma user_version").get() as { user_version: number }).user_version
      )
      if (version > migrations.length) {
        throw new JournalRefused(
          "TooNew",
          `${this.file} was written by a newer version of this program (form ${version}, this one knows ${migrations.length})`
        )
      }
      for (const step of migrations.slice(version)) this.database.exec(step)
      this.database.exec(`pragma user_version = ${migrations.length}`)
      this.database.exec("commit")
    } catch (error) {
      this.database.exec("rollback")
      throw error
    }
  }

  private statement(sql: string): StatementSync {
    const known = this.statements.get(sql)
    if (known !== undefined) return known
    const prepared = this.database.prepare(sql)
    this.statements.set(sql, prepared)
    return prepared
  }

  first(sql: string, ...values: ReadonlyArray<Value>): Row | undefined {
    return this.statement(sql).get(...values) as Row | undefined
  }

  rows(sql: string, ...values: ReadonlyArray<Value>): ReadonlyArray<Row> {
    return this.statement(sql).all(...values) as ReadonlyArray<Row>
  }

  /** How many rows it changed. */
  run(sql: string, ...values: ReadonlyArray<Value>): number {
    return Number(this.statement(sql).run(...values).changes)
  }

  /** The number of the row that it added. */
  insert(sql: string, ...values: ReadonlyArray<Value>): number {
    return Number(this.statement(sql).run(...values).lastInsertRowid)
  }

  /** All or nothing. Within another it is part of that. */
  transaction<A>(work: () => A): A {
    if (this.database.isTransaction) return work()
    this.database.exec("begin immediate")
    try {
      const result = work()
      this.at("commit.before")
      this.database.exec("commit")
      this.at("commit.after")
      return result
    } catch (error) {
      if (this.database.isTransaction) this.database.exec("rollback")
      throw error
    }
  }

  /** A transaction after which everything committed so far is on the disk. */
  durably<A>(work: () => A): A {
    this.database.exec("pragma synchronous = full")
    try {
      const result = this.transaction(() => {
        this.run("update mount set synced = synced + 1")
        return work()
      })
      this.onDurable()
      return result
    } finally {
      this.database.exec("pragma synchronous = normal")
    }
  }

  close(): void {
    if (this.database.isOpen) this.database.close()
  }
}
