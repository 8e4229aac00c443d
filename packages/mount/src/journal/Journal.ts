/**
 * The database of a mount: tree, cache and queue in one file, so that they change together or not at all.
 *
 * It is opened for this process alone; a second one that wants it is refused. A commit outlives a kill of the process;
 * `durably` makes it, and all before it, outlive a power cut.
 */
import * as fs from "node:fs"
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

/**
 * In bytes: a log of so many is worth taking into the database in a quiet moment; one of so many is in any moment, which
 * holds everybody up for half a second. Some 80 KB come with each small file; the largest is read in 0.1 s after a kill.
 */
const largeLog = 4 * 1024 * 1024
const largestLog = 256 * 1024 * 1024
/** Milliseconds without a commit that make a moment quiet, and how many commits are let go by without a look. */
const quiet = 2_000
const looksEvery = 1_000

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
  private committedAt = 0
  private commits = 0
  private tidying: NodeJS.Timeout | undefined
  private ifUndone: Array<() => void> = []
  private onceCommitted: Array<() => void> = []
  private onceDurable: Array<() => void> = []
  private gathering: Array<() => void> = []
  private gathered: Promise<void> | undefined

  constructor(file: string, at: At = () => {}, onDurable: () => void = () => {}) {
    this.file = file
    this.at = at
    this.onDurable = onDurable
    this.database = new DatabaseSync(file, { timeout: 0 })
    try {
      this.database.exec("pragma locking_mode = exclusive")
      this.database.exec("pragma page_size = 4096")
      this.database.exec("pragma journal_mode = wal")
      this.database.exec("pragma synchronous = normal")
      // The disk is waited for where `tidy` says, not in the middle of a program's work.
      this.database.exec("pragma wal_autocheckpoint = 0")
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

  /** The first column of each row, of numbers. */
  numbers(sql: string, ...values: ReadonlyArray<Value>): ReadonlyArray<number> {
    const statement = this.statement(sql)
    statement.setReturnArrays(true)
    return (statement.all(...values) as unknown as ReadonlyArray<readonly [number]>).map(([number]) => number)
  }

  /** How many rows it changed. */
  run(sql: string, ...values: ReadonlyArray<Value>): number {
    return Number(this.statement(sql).run(...values).changes)
  }

  /** The number of the row that it added. */
  insert(sql: string, ...values: ReadonlyArray<Value>): number {
    return Number(this.statement(sql).run(...values).lastInsertRowid)
  }

  /** `insert` of what may add nothing: undefined then. */
  insertOrNot(sql: string, ...values: ReadonlyArray<Value>): number | undefined {
    const { changes, lastInsertRowid } = this.statement(sql).run(...values)
    return changes === 0 ? undefined : Number(lastInsertRowid)
  }

  /** `work` is done where the transaction that is under way comes to nothing. */
  orElse(work: () => void): void {
    if (this.database.isTransaction) this.ifUndone.push(work)
  }

  /** `work` is done once the transaction that is under way is committed. */
  afterwards(work: () => void): void {
    this.onceCommitted.push(work)
  }

  /** `work` is done once what has been committed by now outlives a power cut. */
  whenDurable(work: () => void): void {
    this.onceDurable.push(work)
  }

  /** All or nothing. Within another it is part of that. */
  transaction<A>(work: () => A): A {
    if (this.database.isTransaction) return work()
    this.run("begin immediate")
    try {
      const result = work()
      this.at("commit.before")
      this.run("commit")
      this.ifUndone = []
      this.at("commit.after")
      this.committed()
      return result
    } catch (error) {
      if (this.database.isTransaction) this.database.exec("rollback")
      this.undone()
      throw error
    }
  }

  /** `work` in a transaction that it shares with what else is asked for in this moment. Each of them fails with any. */
  together(work: () => void): Promise<void> {
    this.gathered ??= new Promise((resolve, reject) => {
      setImmediate(() => {
        const works = this.gathering
        this.gathering = []
        this.gathered = undefined
        try {
          this.transaction(() => {
            for (const each of works) each()
          })
          resolve()
        } catch (error) {
          reject(error)
        }
      })
    })
    this.gathering.push(work)
    return this.gathered
  }

  /** The last that was done is the first that is taken back. */
  private undone(): void {
    const works = this.ifUndone.reverse()
    this.ifUndone = []
    this.onceCommitted = []
    for (const work of works) work()
  }

  private committed(): void {
    const works = this.onceCommitted
    this.onceCommitted = []
    for (const work of works) work()
    this.committedAt = performance.now()
    if (++this.commits % looksEvery === 0 && this.logSize() > largestLog) this.checkpoint()
    if (this.tidying !== undefined) return
    this.tidying = setTimeout(() => this.tidy(), quiet)
    this.tidying.unref()
  }

  private logSize(): number {
    return fs.statSync(`${this.file}-wal`, { throwIfNoEntry: false })?.size ?? 0
  }

  /** Takes the log into the database, once nothing has been committed for a while. */
  private tidy(): void {
    this.tidying = undefined
    const left = quiet - (performance.now() - this.committedAt)
    if (left > 0) {
      this.tidying = setTimeout(() => this.tidy(), left)
      this.tidying.unref()
    } else if (this.logSize() >= largeLog) this.checkpoint()
  }

  private checkpoint(): void {
    try {
      this.database.exec("pragma wal_checkpoint(truncate)")
    } catch {
      // A full disk, say: what was committed is in the log, and stays there until the next time.
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
      const works = this.onceDurable
      this.onceDurable = []
      for (const each of works) each()
      return result
    } finally {
      this.database.exec("pragma synchronous = normal")
    }
  }

  close(): void {
    clearTimeout(this.tidying)
    if (this.database.isOpen) this.database.close()
  }
}
