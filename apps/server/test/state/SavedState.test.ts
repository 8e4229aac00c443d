import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { gunzipSync } from "node:zlib"
import * as ConfiguredRepositories from "@ourclone/core/configuration/ConfiguredRepositories"
import { Remotes } from "@ourclone/core/configuration/Remotes"
import * as ProcessIdentity from "@ourclone/core/machine/ProcessIdentity"
import { ThisMachine } from "@ourclone/jobs/kind/Surroundings"
import { factory as b2 } from "@ourclone/provider-b2/B2Factory"
import { factory as local } from "@ourclone/provider-local/LocalProvider"
import * as SqliteDatabase from "@ourclone/tasks/store/SqliteDatabase"
import * as SqliteStore from "@ourclone/tasks/store/SqliteStore"
import { tasksFile } from "@ourclone/tasks/store/TasksFile"
import { plain } from "@ourclone/tasks/task/Schedule"
import { noTotals } from "@ourclone/tasks/task/Task"
import { Effect, Layer } from "effect"
import { expect, onTestFinished, test } from "vitest"
import * as People from "../../src/access/People.ts"
import * as SavedState from "../../src/state/SavedState.ts"
import { serviceFile } from "../../src/state/ServiceFile.ts"
import { steps } from "../../src/state/steps.ts"

const planted = "planted-4d1c9a"
const topic = "https://ntfy.sh/planted-topic"

/** What a command line holds may open something. */
const hook = { command: ["/usr/bin/curl", planted] as const, limitMillis: 1_000 }
const hooks = { before: hook, after: null }

const machine = (configurationIn = "") => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "ourclone-state-test-"))
  onTestFinished(() => fs.rmSync(folder, { recursive: true, force: true }))
  const stateDirectory = path.join(folder, "state")
  const configuration = path.join(folder, configurationIn, "config.toml")
  const layer = Layer.mergeAll(
    Layer.succeed(ThisMachine, {
      stateDirectory,
      cacheDirectory: path.join(folder, "cache"),
      home: folder,
      program: "ourclone test"
    }),
    Remotes.layer({ factories: [local, b2], environment: { OURCLONE_CONFIG: configuration }, directory: folder })
  )
  const run = <A, E>(effect: Effect.Effect<A, E, Remotes | ThisMachine>) =>
    Effect.runPromise(Effect.provide(effect, layer))
  return { folder, stateDirectory, configuration, run }
}

/** With a secret wherever one can be. */
const filled = async () => {
  const made = machine()
  const { configuration, run, stateDirectory } = made
  fs.mkdirSync(stateDirectory, { recursive: true })
  fs.writeFileSync(
    configuration,
    `[remotes.photos]\ntype = "b2"\nkeyId = "id"\napplicationKey = "${planted}"\nworkers = 7\ndebug = false\n
[remotes.elsewhere]\ntype = "b2"\nkeyId = "id"\napplicationKey = "env:B2_KEY"\n
[remotes.unknown]\ntype = "plugin"\nsecretive = "${planted}"\n
[notifications.phone]\ntype = "ntfy"\nurl = "${topic}"\ntoken = "${planted}"\n`,
    { mode: 0o600 }
  )
  await run(ConfiguredRepositories.add(configuration, { name: "home", location: "photos:b", password: planted }))
  const database = SqliteDatabase.open(serviceFile(stateDirectory), { steps })
  const people = People.make(database, () => 1_000)
  people.add("ann", "admin", `$argon2id$${planted}`)
  const session = people.beginSession("ann")
  const { secret } = people.addToken("ann", "ci", ["read"], null)
  const { ticket } = people.invite("ann")
  database.close()
  await Effect.runPromise(
    Effect.scoped(
      Effect.flatMap(SqliteStore.make(tasksFile(stateDirectory)), (store) =>
        Effect.gen(function* () {
          const request = { source: "/a", destination: "photos:b" }
          const { id } = yield* store.create({ kind: "copy", request, origin: "service", hooks })
          const claim = yield* store.claim(ProcessIdentity.current(), 1_000, id)
          // As a hook that did not end well leaves it.
          const failure = { code: "HookFailed", message: `curl ended with 3: ${planted}`, isRetryable: false }
          const facts = [
            { _tag: "Note", code: "other", message: "stays" },
            { _tag: "Step", name: "hookEnded", values: { hook: "before" }, detail: { output: planted } },
            { _tag: "Finished", outcome: "failed", failure }
          ] as const
          const batch = { facts: facts.map((fact) => ({ at: 1, fact })), totals: noTotals, outcomes: [], mended: [] }
          yield* store.settle(id, { _tag: "Broke", take: claim!.take, failure }, batch)
          const plan = { ...plain, name: "nightly", kind: "copy", request, cron: "@daily", zone: "UTC", hooks }
          yield* store.schedules.create(plan, "ann")
          yield* store.deliveries.add("phone", "1", planted)
        })
      )
    )
  )
  return { ...made, secrets: [planted, topic, session, secret, ticket] }
}

/** Everything in a file that is not encrypted. */
const contentOf = (file: string): Buffer => {
  const bytes = fs.readFileSync(file)
  return gunzipSync(bytes.subarray(bytes.indexOf(10) + 1))
}

test("without a password nothing that opens anything goes into the file, and what is no secret comes back", async () => {
  const { folder, run, secrets } = await filled()
  const file = path.join(folder, "saved")
  await run(SavedState.save(file, undefined))
  const content = contentOf(file)
  for (const secret of secrets) expect([secret, content.includes(secret)]).toEqual([secret, false])
  expect(fs.statSync(file).mode & 0o777).toBe(0o600)

  const other = machine()
  expect(await other.run(SavedState.load(file, undefined, false))).toHaveLength(3)
  const text = fs.readFileSync(other.configuration, "utf8")
  for (const line of [
    'keyId = "id"',
    "workers = 7",
    "debug = false",
    'applicationKey = "env:B2_KEY"',
    'location = "photos:b"'
  ]) {
    expect(text).toContain(line)
  }
  const database = SqliteDatabase.open(serviceFile(other.stateDirectory), { steps })
  const people = People.make(database, () => 1_000)
  expect([people.find("ann")?.role, people.find("ann")?.password, people.isSetUp()]).toEqual(["admin", null, false])
  database.close()
  // A run that was to be prepared by a program does not begin without it, and names why.
  const [task, facts, schedule] = await Effect.runPromise(
    Effect.scoped(
      Effect.gen(function* () {
        const store = yield* SqliteStore.make(tasksFile(other.stateDirectory))
        const [task] = yield* store.list({ limit: 1 })
        return [task!, yield* store.facts(task!.id, 0, 10), yield* store.schedules.load("nightly")] as const
      })
    )
  )
  for (const told of [task.hooks, schedule.hooks]) {
    expect(told).toEqual({ before: { ...hook, command: ["left-out-of-the-saved-state"] }, after: null })
  }
  // That one ran, and how it ended, stays; what it printed does not.
  const failure = { code: "HookFailed", message: "the hook before the run did not end well", isRetryable: false }
  expect(task.state).toEqual({ _tag: "Failed", failure })
  expect(facts.map(({ event, seq }) => [seq, event])).toEqual([
    [1, { _tag: "Note", code: "other", message: "stays" }],
    [2, { _tag: "Step", name: "hookEnded", values: { hook: "before" } }],
    [3, { _tag: "Finished", outcome: "failed", failure }]
  ])
})

test("what is there is never lost by what is brought back, however often that is", async () => {
  const { folder, run } = await filled()
  const file = path.join(folder, "saved")
  await run(SavedState.save(file, undefined))
  const other = machine()
  fs.mkdirSync(other.stateDirectory, { recursive: true })
  fs.writeFileSync(other.configuration, "# the only one")
  await other.run(SavedState.load(file, undefined, true))
  await other.run(SavedState.load(file, undefined, true))
  const kept = fs.readdirSync(other.folder).filter((name) => name.startsWith("config.toml.before"))
  const texts = kept.map((name) => fs.readFileSync(path.join(other.folder, name), "utf8"))
  expect(texts).toHaveLength(2)
  expect(texts).toContain("# the only one")
})

test("where not all of it can be brought back nothing is changed", async () => {
  const { folder, run } = await filled()
  const file = path.join(folder, "saved")
  await run(SavedState.save(file, undefined))
  const other = machine("a-file")
  fs.writeFileSync(path.join(other.folder, "a-file"), "")
  const journal = tasksFile(other.stateDirectory)
  fs.mkdirSync(path.dirname(journal), { recursive: true })
  fs.writeFileSync(journal, "as it was")
  await expect(other.run(SavedState.load(file, undefined, true))).rejects.toThrow()
  expect(fs.readFileSync(journal, "utf8")).toBe("as it was")
  expect(fs.readdirSync(path.dirname(journal))).toEqual([path.basename(journal)])
  expect(fs.readdirSync(other.stateDirectory)).toEqual([path.basename(path.dirname(journal))])
})
