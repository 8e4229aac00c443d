/** Who has an account, how they were invited, and what opens it. */
import type { Database } from "@ourclone/tasks/store/SqliteDatabase"
import type { Role, Scope } from "../api/Callers.ts"
import { scopesOf } from "../api/Callers.ts"
import * as Ticket from "./Ticket.ts"

export interface Person {
  readonly name: string
  readonly role: Role
  readonly password: string | null
  readonly created: number
  readonly seen: number | null
}

export interface Token {
  readonly id: string
  readonly person: string
  readonly name: string
  readonly scopes: ReadonlyArray<Scope>
  readonly created: number
  readonly ends: number | null
  readonly used: number | null
}

export interface Opened {
  readonly person: Person
  /** When it ends by itself. */
  readonly ends: number | null
  /** The hash of the session, or the id of the token. */
  readonly id: string
  readonly scopes: ReadonlyArray<Scope>
}

const idleMillis = 12 * 3_600_000
export const sessionMillis = 30 * 24 * 3_600_000
const invitationMillis = 7 * 24 * 3_600_000
/** What was seen is not written more often. */
const seenMillis = 60_000

interface SessionRow {
  readonly person: string
  readonly created: number
  readonly seen: number
}

interface TokenRow extends Omit<Token, "scopes"> {
  readonly scopes: string
}

const tokenOf = (row: TokenRow): Token => ({ ...row, scopes: row.scopes.split(" ") as Array<Scope> })

export type People = ReturnType<typeof make>

export const make = (database: Database, clock: () => number) => {
  const find = (name: string): Person | undefined =>
    database.rows<Person>("select name, role, password, created, seen from person where name = ?", name)[0]

  const all = (): ReadonlyArray<Person> =>
    database.rows<Person>("select name, role, password, created, seen from person order by name")

  const noteSeen = (name: string, now: number): void =>
    void database.run("update person set seen = ? where name = ?", now, name)

  const admins = (): number =>
    database.rows<{ readonly n: number }>(
      "select count(*) as n from person where role = 'admin' and password is not null"
    )[0]!.n

  const dropTickets = (name: string): void => {
    database.run("delete from session where person = ?", name)
    database.run("delete from token where person = ?", name)
    database.run("delete from invitation where person = ?", name)
  }

  return {
    find,
    all,
    /** Somebody can sign in. */
    isSetUp: (): boolean => admins() > 0,
    admins,
    add: (name: string, role: Role, password: string | null): void =>
      void database.run("insert into person values (?, ?, ?, ?, null)", name, role, password, clock()),
    setRole: (name: string, role: Role): void =>
      void database.run("update person set role = ? where name = ?", role, name),
    /** Signs out everywhere: whoever knew the old one is out. */
    setPassword: (name: string, password: string): void =>
      database.transaction(() => {
        database.run("update person set password = ? where name = ?", password, name)
        database.run("delete from session where person = ?", name)
        database.run("delete from invitation where person = ?", name)
      }),
    remove: (name: string): void =>
      database.transaction(() => {
        database.run("delete from person where name = ?", name)
        dropTickets(name)
      }),

    invite: (name: string): { readonly ticket: string; readonly ends: number } => {
      const ticket = Ticket.make()
      const ends = clock() + invitationMillis
      database.run("insert into invitation values (?, ?, ?)", Ticket.hashOf(ticket), name, ends)
      return { ticket, ends }
    },
    /** Whom the ticket invites. */
    invited: (ticket: string): string | undefined =>
      database.rows<{ readonly person: string }>(
        "select person from invitation where hash = ? and ends > ?",
        Ticket.hashOf(ticket),
        clock()
      )[0]?.person,

    beginSession: (name: string): string => {
      const ticket = Ticket.make()
      const now = clock()
      database.transaction(() => {
        database.run("delete from session where seen < ? or created < ?", now - idleMillis, now - sessionMillis)
        database.run("insert into session values (?, ?, ?, ?)", Ticket.hashOf(ticket), name, now, now)
        noteSeen(name, now)
      })
      return ticket
    },
    bySession: (ticket: string): Opened | undefined => {
      const hash = Ticket.hashOf(ticket)
      const [row] = database.rows<SessionRow>("select person, created, seen from session where hash = ?", hash)
      const now = clock()
      if (row === undefined || now - row.seen >= idleMillis || now - row.created >= sessionMillis) return undefined
      const person = find(row.person)
      if (person === undefined) return undefined
      if (now - row.seen >= seenMillis) {
        database.run("update session set seen = ? where hash = ?", now, hash)
        noteSeen(person.name, now)
      }
      return {
        person,
        ends: Math.min(now + idleMillis, row.created + sessionMillis),
        id: hash,
        scopes: scopesOf[person.role]
      }
    },
    /** Whether the session of that hash, or the token of that id, is still there and has not run out. */
    isOpen: ({ session, token }: { readonly session: string | null; readonly token: string | null }): boolean => {
      const now = clock()
      const found =
        token === null
          ? database.rows(
              "select 1 from session join person on name = person where hash = ? and session.seen > ? and session.created > ?",
              session,
              now - idleMillis,
              now - sessionMillis
            )
          : database.rows(
              "select 1 from token join person on person.name = person where id = ? and coalesce(ends, ?) > ?",
              token,
              Number.MAX_SAFE_INTEGER,
              now
            )
      return found.length > 0
    },
    endSession: (hash: string): void => void database.run("delete from session where hash = ?", hash),
    endSessions: (name: string): void => void database.run("delete from session where person = ?", name),

    tokens: (name: string | undefined): ReadonlyArray<Token> =>
      database
        .rows<TokenRow>(
          "select id, person, name, scopes, created, ends, used from token where person = coalesce(?, person) order by created",
          name ?? null
        )
        .map(tokenOf),
    addToken: (person: string, name: string, scopes: ReadonlyArray<Scope>, ends: number | null) => {
      const secret = Ticket.makeToken()
      const token: Token = { id: Ticket.make().slice(0, 12), person, name, scopes, created: clock(), ends, used: null }
      const { created, id } = token
      const hash = Ticket.hashOf(secret)
      database.run(
        "insert into token values (?, ?, ?, ?, ?, ?, ?, null)",
        id,
        hash,
        person,
        name,
        scopes.join(" "),
        created,
        ends
      )
      return { token, secret }
    },
    removeToken: (id: string): void => void database.run("delete from token where id = ?", id),
    byToken: (secret: string): Opened | undefined => {
      if (!Ticket.isToken(secret)) return undefined
      const [row] = database.rows<TokenRow>(
        "select id, person, name, scopes, created, ends, used from token where hash = ?",
        Ticket.hashOf(secret)
      )
      const now = clock()
      if (row === undefined || (row.ends !== null && row.ends <= now)) return undefined
      const person = find(row.person)
      if (person === undefined) return undefined
      if (row.used === null || now - row.used >= seenMillis) {
        database.run("update token set used = ? where id = ?", now, row.id)
      }
      // Never more than its owner may today.
      const scopes = tokenOf(row).scopes.filter((scope) => scopesOf[person.role].includes(scope))
      return { person, ends: row.ends, id: row.id, scopes }
    }
  }
}
