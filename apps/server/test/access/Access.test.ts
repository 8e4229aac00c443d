import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import * as SqliteDatabase from "@ourclone/tasks/store/SqliteDatabase"
import { Effect } from "effect"
import { expect, onTestFinished, test } from "vitest"
import * as Attempts from "../../src/access/Attempts.ts"
import * as Password from "../../src/access/Password.ts"
import * as People from "../../src/access/People.ts"
import * as SetUp from "../../src/access/SetUp.ts"
import * as Ticket from "../../src/access/Ticket.ts"
import { steps } from "../../src/state/steps.ts"

const hour = 3_600_000

const makeDatabase = () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "ourclone-access-"))
  const database = SqliteDatabase.open(path.join(folder, "service"), { steps })
  onTestFinished(() => {
    database.close()
    fs.rmSync(folder, { recursive: true, force: true })
  })
  return database
}

test("a password is kept as a hash that opens for nothing else, and an empty one is never right", async () => {
  const stored = await Effect.runPromise(Password.hash("long enough, é"))
  expect(stored).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
  const matches = (password: string, kept: string | null) => Effect.runPromise(Password.matches(password, kept))
  // One letter in two ways to write it.
  expect(await matches("long enough, e\u0301", stored)).toBe(true)
  expect(await matches("long enough, e", stored)).toBe(false)
  expect(await matches("", null)).toBe(false)
  expect(await matches("", await Effect.runPromise(Password.hash("")))).toBe(false)
  // Nor does what is kept open itself.
  expect(await matches(stored, stored)).toBe(false)
})

test("a session ends twelve hours after it was last used, and after thirty days in any case", () => {
  let now = 1_000_000
  const people = People.make(makeDatabase(), () => now)
  people.add("ann", "operator", "hash")
  const ticket = people.beginSession("ann")
  now += 11 * hour
  expect(people.bySession(ticket)?.person.name).toBe("ann")
  now += 11 * hour
  expect(people.bySession(ticket)?.ends).toBe(now + 12 * hour)
  now += 12 * hour
  expect(people.bySession(ticket)).toBeUndefined()

  const other = people.beginSession("ann")
  const begun = now
  for (now += 10 * hour; people.bySession(other) !== undefined; now += 10 * hour) {}
  expect(now - begun).toBeGreaterThanOrEqual(30 * 24 * hour)
  expect(now - begun).toBeLessThan(31 * 24 * hour)
})

test("another password signs out everywhere", () => {
  const people = People.make(makeDatabase(), () => 1)
  people.add("ann", "operator", "hash")
  const ticket = people.beginSession("ann")
  people.setPassword("ann", "another")
  expect(people.bySession(ticket)).toBeUndefined()
})

test("a token ends when it says, and one that was mistyped is not even looked for", () => {
  let now = 1_000
  const people = People.make(makeDatabase(), () => now)
  people.add("ann", "admin", "hash")
  const { secret } = people.addToken("ann", "ci", ["run"], 2_000)
  expect(secret).toMatch(/^oc_[\w-]{49}$/)
  expect(people.byToken(secret)?.scopes).toEqual(["run"])
  expect(Ticket.isToken(`${secret.slice(0, -1)}${secret.endsWith("A") ? "B" : "A"}`)).toBe(false)
  now = 2_000
  expect(people.byToken(secret)).toBeUndefined()
})

test("what is kept of a ticket opens nothing", () => {
  const people = People.make(makeDatabase(), () => 1)
  people.add("ann", "admin", "hash")
  const [session, { ticket }, { secret }] = [
    people.beginSession("ann"),
    people.invite("ann"),
    people.addToken("ann", "ci", ["run"], null)
  ]
  expect([people.bySession(session)?.person.name, people.invited(ticket)]).toEqual(["ann", "ann"])
  for (const text of [session, ticket, secret].map(Ticket.hashOf)) {
    expect([people.bySession(text), people.invited(text), people.byToken(text)]).toEqual([
      undefined,
      undefined,
      undefined
    ])
  }
})

test("pauses double for an address, and stay short for an account that others can fail", () => {
  let now = 0
  const attempts = Attempts.make(makeDatabase(), () => now)
  const account = ["name:ann"]
  const address = ["from:192.0.2.1"]
  const fail = (times: number) => {
    for (let time = 0; time < times; time++) attempts.failed([...account, ...address])
  }
  fail(4)
  expect(attempts.pause([...account, ...address])).toBe(0)
  fail(1)
  expect([attempts.pause(account), attempts.pause(address)]).toEqual([60_000, 60_000])
  fail(6)
  expect(attempts.pause(account)).toBe(15 * 60_000)
  expect(attempts.pause(address)).toBe(64 * 60_000)
  attempts.succeeded(account)
  expect(attempts.pause(account)).toBe(0)
  now = 1
  expect(attempts.pause(["from:192.0.2.2"])).toBe(0)
})

test("the link to set up holds for a quarter of an hour, and once", () => {
  let now = 0
  const setUp = SetUp.make(false, () => now)
  const ticket = setUp.ticket()!
  expect(setUp.isTicket(ticket)).toBe(true)
  expect(setUp.isTicket("")).toBe(false)
  now = 15 * 60_000
  expect(setUp.isTicket(ticket)).toBe(false)
  now = 0
  setUp.done()
  expect(setUp.isTicket(ticket)).toBe(false)
  expect(SetUp.make(true, () => 0).ticket()).toBeUndefined()
})
