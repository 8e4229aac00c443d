/** One service at a time on one state folder. */
import * as ProcessIdentity from "@ourclone/core/machine/ProcessIdentity"
import type { Database } from "@ourclone/tasks/store/SqliteDatabase"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"

interface Row {
  readonly identity: string
  readonly address: string
}

const decode = Schema.decodeUnknownOption(Schema.fromJsonString(ProcessIdentity.ProcessIdentity))

const isOwn = (one: ProcessIdentity.ProcessIdentity, other: ProcessIdentity.ProcessIdentity): boolean =>
  one.host === other.host && one.pid === other.pid && one.birth === other.birth

/** Of this process. */
const held = new Set<string>()

/** Takes the folder; gives what is wrong, in words, where another service that may still run has it. */
export const take = (database: Database, address: string): string | undefined =>
  database.transaction(() => {
    const own = ProcessIdentity.current()
    const [row] = database.rows<Row>("select identity, address from owner")
    const other = row === undefined ? undefined : Option.getOrUndefined(decode(row.identity))
    const isAlive =
      other !== undefined && (isOwn(own, other) ? held.has(database.file) : !ProcessIdentity.hasEnded(other))
    if (row !== undefined && other !== undefined && isAlive) {
      const where = other.host === own.host ? "" : ` on ${other.host}`
      return `another service (process ${other.pid}${where}, at ${row.address}) has this state folder; stop it first, or give this one a folder of its own by XDG_STATE_HOME`
    }
    database.run("insert or replace into owner values (1, ?, ?)", JSON.stringify(own), address)
    held.add(database.file)
    return undefined
  })

/** Lets go, if it is still this process that has it. */
export const release = (database: Database): void => {
  held.delete(database.file)
  database.transaction(() => {
    const [row] = database.rows<Row>("select identity, address from owner")
    const other = row === undefined ? undefined : Option.getOrUndefined(decode(row.identity))
    if (other !== undefined && isOwn(ProcessIdentity.current(), other)) database.run("delete from owner")
  })
}
