/** How often somebody may try a password: five times in a quarter of an hour, then after pauses that double. */
import type { Database } from "@ourclone/tasks/store/SqliteDatabase"

const free = 5
const windowMillis = 15 * 60_000
const longestMillis = 24 * 3_600_000
/** Of an account, which others than its owner can keep failing. */
const longestOfAccountMillis = 15 * 60_000
const firstPauseMillis = 60_000

const accountPrefix = "name:"

/** The keys of one try. */
export const keysOf = (name: string, address: string): ReadonlyArray<string> => [
  `${accountPrefix}${name}`,
  `from:${address}`
]

const longestFor = (key: string): number => (key.startsWith(accountPrefix) ? longestOfAccountMillis : longestMillis)

interface Row {
  readonly failures: number
  readonly first: number
  readonly until: number
}

export type Attempts = ReturnType<typeof make>

/** Kept in the database, so that a restart gives nobody new tries. */
export const make = (database: Database, clock: () => number) => {
  const row = (key: string): Row | undefined =>
    database.rows<Row>("select failures, first, until from attempt where key = ?", key)[0]

  return {
    /** Milliseconds until one of these may try again; 0 is now. */
    pause: (keys: ReadonlyArray<string>): number => {
      const now = clock()
      return Math.max(0, ...keys.map((key) => (row(key)?.until ?? 0) - now))
    },
    failed: (keys: ReadonlyArray<string>): void =>
      database.transaction(() => {
        const now = clock()
        database.run("delete from attempt where until < ? and first < ?", now - longestMillis, now - longestMillis)
        for (const key of keys) {
          const known = row(key)
          const isNew = known === undefined || (known.failures < free && now - known.first > windowMillis)
          const failures = isNew ? 1 : known.failures + 1
          const pause = failures < free ? 0 : Math.min(firstPauseMillis * 2 ** (failures - free), longestFor(key))
          const first = isNew ? now : known.first
          database.run("insert or replace into attempt values (?, ?, ?, ?)", key, failures, first, now + pause)
        }
      }),
    succeeded: (keys: ReadonlyArray<string>): void => {
      for (const key of keys) database.run("delete from attempt where key = ?", key)
    }
  }
}
