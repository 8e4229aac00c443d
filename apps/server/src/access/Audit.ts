/** Who did what, on what, from where, and what became of it. Only added to; never holds a body. */
import type { Database } from "@ourclone/tasks/store/SqliteDatabase"
import type { AuditEntry } from "../api/settings/SettingsGroup.ts"

const longest = 300
const kept = 100_000

export type Audit = ReturnType<typeof make>

export const make = (database: Database, clock: () => number) => {
  let since = 0
  return {
    add: ({ from, on, status, token, what, who }: Omit<AuditEntry, "id" | "at">): void => {
      database.run(
        "insert into audit(at, who, token, source, what, object, status) values (?, ?, ?, ?, ?, ?, ?)",
        clock(),
        who.slice(0, longest),
        token,
        from,
        what,
        on.slice(0, longest),
        status
      )
      if (++since % 1_000 === 0) database.run("delete from audit where id <= (select max(id) from audit) - ?", kept)
    },
    /** The newest first. */
    list: (before: number | undefined, limit: number): ReadonlyArray<AuditEntry> =>
      database
        .rows<AuditEntry>(
          "select id, at, who, token, source as 'from', what, object as 'on', status from audit where id < ? order by id desc limit ?",
          before ?? Number.MAX_SAFE_INTEGER,
          limit
        )
        .map((row) => ({ ...row }))
  }
}
