/** Saves all state of this machine into one file, while everything runs, and brings it back. */
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { backup, DatabaseSync } from "node:sqlite"
import * as ConfigurationText from "@ourclone/core/configuration/ConfigurationText"
import * as ConfiguredRepositories from "@ourclone/core/configuration/ConfiguredRepositories"
import { Remotes } from "@ourclone/core/configuration/Remotes"
import * as Secret from "@ourclone/core/configuration/Secret"
import type { OptionKind } from "@ourclone/core/contract/OptionField"
import type { Fact } from "@ourclone/core/events/RunEvent"
import { makeFolder } from "@ourclone/core/machine/MadeFolder"
import { ThisMachine } from "@ourclone/jobs/kind/Surroundings"
import { migrations } from "@ourclone/tasks/store/migrations"
import * as SqliteDatabase from "@ourclone/tasks/store/SqliteDatabase"
import { tasksFile } from "@ourclone/tasks/store/TasksFile"
import * as HookFacts from "@ourclone/tasks/task/HookFacts"
import { type Hooks, noHooks } from "@ourclone/tasks/task/Hooks"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { serviceFile } from "./ServiceFile.ts"
import * as ServiceOwner from "./ServiceOwner.ts"
import * as StateArchive from "./StateArchive.ts"
import { StateFailed, stateFailed } from "./StateFailed.ts"
import { steps } from "./steps.ts"

const configuration = "config.toml"
const tasks = "tasks.sqlite"
const service = "service.sqlite"
const names = new Set([configuration, tasks, service])

const fail = (error: unknown): StateFailed => stateFailed(error)

const attempt = <A>(work: () => Promise<A>) => Effect.tryPromise({ try: work, catch: fail })

const scratch = Effect.acquireRelease(
  Effect.sync(() => fs.mkdtempSync(path.join(os.tmpdir(), "ourclone-state-"))),
  (folder) => Effect.sync(() => fs.rmSync(folder, { recursive: true, force: true }))
)

const copyDatabase = async (from: string, to: string): Promise<void> => {
  const database = new DatabaseSync(from, { timeout: 5_000 })
  try {
    await backup(database, to)
  } finally {
    database.close()
  }
}

/** Of users, what signs nobody in. */
const bare = (file: string): void => {
  const database = new DatabaseSync(file)
  database.exec("delete from session; delete from token; delete from invitation; delete from attempt")
  database.exec("update person set password = null; delete from owner; vacuum")
  database.close()
}

/** A program that is nowhere: what is to be run around a task is said again, and until then the task says so. */
const leftOut = "left-out-of-the-saved-state"

const bareHooks = (hooks: Hooks): Hooks => {
  const bareHook = (hook: Hooks["before"]) => hook && { ...hook, command: [leftOut] as const }
  return { before: bareHook(hooks.before), after: bareHook(hooks.after) }
}

/** What programs around runs printed is in facts, and its last line in the state of a task that one of them kept from beginning. */
const bareFacts = (database: DatabaseSync): void => {
  const told = database.prepare("select task, seq, body from facts where instr(body, ?) + instr(body, ?) > 0")
  const tell = database.prepare("update facts set body = ? where task = ? and seq = ?")
  for (const { body, seq, task } of told.all(HookFacts.hookEnded, HookFacts.hookFailed)) {
    const facts: ReadonlyArray<readonly [number, Fact]> = JSON.parse(String(body))
    tell.run(JSON.stringify(facts.map(([at, fact]) => [at, HookFacts.bare(fact)])), task!, seq!)
  }
  const failed = database.prepare("select id, state from task where tag = 'Failed' and instr(state, ?) > 0")
  const settle = database.prepare("update task set state = ? where id = ?")
  for (const { id, state } of failed.all(HookFacts.hookFailed)) {
    const { failure, ...rest } = JSON.parse(String(state))
    settle.run(JSON.stringify({ ...rest, failure: HookFacts.bareFailure(failure) }), id!)
  }
}

/** Of tasks and schedules, without what command lines hold or print, and without what was to be told to whom. */
const bareTasks = (file: string): void => {
  // The copy may be of a journal that an earlier version wrote.
  SqliteDatabase.open(file, { steps: migrations }).close()
  const database = new DatabaseSync(file)
  bareFacts(database)
  const held = database.prepare("select id, hooks from task where hooks is not null").all()
  for (const { hooks, id } of held) {
    const bared = JSON.stringify(bareHooks(JSON.parse(String(hooks))))
    database.prepare("update task set hooks = ? where id = ?").run(bared, id!)
  }
  for (const { body, id } of database.prepare("select id, body from schedule").all()) {
    const { hooks = noHooks, ...rest } = JSON.parse(String(body))
    database
      .prepare("update schedule set body = ? where id = ?")
      .run(JSON.stringify({ ...rest, hooks: bareHooks(hooks) }), id!)
  }
  database.exec("delete from delivery; vacuum")
  database.close()
}

/** Where a secret is kept may be said; what a command line holds may be one. */
const isPointer = (text: string): boolean => ["env", "file"].includes(Secret.kindOf(text) ?? "")

/** As the configuration writes it. */
const asWritten = (kind: OptionKind, shown: string): string | number | boolean =>
  kind === "number" ? Number(shown) : kind === "boolean" ? shown === "true" : shown

/** The configuration without what is secret in it; who is told how tasks end is, as an address alone may open it. */
const bareConfiguration = Effect.gen(function* () {
  const remotes = yield* Remotes
  let text = ""
  for (const { name } of yield* remotes.list) {
    const { options, type } = yield* remotes.show(name)
    const fields = remotes.factories.find((factory) => factory.type === type)?.options ?? []
    // What no type here knows could be a secret.
    const kindOf = (option: string) => fields.find((field) => field.name === option)?.kind ?? "secret"
    const kept = Object.entries(options).flatMap(([option, shown]) =>
      kindOf(option) === "secret" && !isPointer(shown) ? [] : [[option, asWritten(kindOf(option), shown)]]
    )
    text = ConfigurationText.add(text, name, type, Object.fromEntries(kept))
  }
  for (const { location, name, password } of (yield* ConfiguredRepositories.read(remotes.configurationFile)).values()) {
    const kept = password !== undefined && isPointer(password) ? password : undefined
    text = ConfiguredRepositories.written(text, { name, location, password: kept })
  }
  return text
})

/**
 * Writes the state into a new file: with a password all of it, encrypted; without one all but secrets, and nobody can
 * sign in by it. Gives the names of what went in. Fails with `StateFailed`.
 */
export const save = (to: string, password: Redacted.Redacted<string> | undefined) =>
  Effect.gen(function* () {
    const { configurationFile } = yield* Remotes
    const { stateDirectory } = yield* ThisMachine
    const folder = yield* scratch
    const at = (name: string) => path.join(folder, name)
    const found: Array<string> = []
    for (const [name, file] of [
      [tasks, tasksFile(stateDirectory)],
      [service, serviceFile(stateDirectory)]
    ] as const) {
      if (!fs.existsSync(file)) continue
      yield* attempt(() => copyDatabase(file, at(name)))
      if (password === undefined) (name === service ? bare : bareTasks)(at(name))
      found.push(name)
    }
    if (fs.existsSync(configurationFile)) {
      const text =
        password === undefined
          ? yield* Effect.mapError(bareConfiguration, fail)
          : fs.readFileSync(configurationFile, "utf8")
      fs.writeFileSync(at(configuration), text, { mode: 0o600 })
      found.push(configuration)
    }
    const entries = found.map((name) => ({ name, file: at(name) }))
    const plain = password === undefined ? undefined : Redacted.value(password)
    yield* attempt(() => StateArchive.write(to, entries, plain))
    return found
  }).pipe(Effect.scoped)

export const isEncrypted = (from: string) => Effect.try({ try: () => StateArchive.isEncrypted(from), catch: fail })

/** A database of SQLite has its newest in files beside it. */
const endings = ["", "-wal", "-shm"]

/** Beside `place`, and taken by nothing that an earlier one left. */
const asideOf = (place: string): string => {
  for (let number = 1; ; number++) {
    const name = number === 1 ? `${place}.before` : `${place}.before-${number}`
    if (!endings.some((ending) => fs.existsSync(name + ending))) return name
  }
}

interface Incoming {
  readonly place: string
  /** Beside it. */
  readonly file: string
}

/** All of it beside its places, and on the disk, before anything changes; nothing is left of it where that fails. */
const bringBeside = (
  came: ReadonlyArray<{ readonly file: string; readonly place: string }>
): ReadonlyArray<Incoming> => {
  const incoming: Array<Incoming> = []
  try {
    for (const { file: from, place } of came) {
      makeFolder(path.dirname(place))
      const file = `${place}.incoming`
      fs.rmSync(file, { force: true })
      incoming.push({ place, file })
      fs.copyFileSync(from, file, fs.constants.COPYFILE_EXCL)
      fs.chmodSync(file, 0o600)
      const descriptor = fs.openSync(file, "r+")
      fs.fsyncSync(descriptor)
      fs.closeSync(descriptor)
    }
    return incoming
  } catch (error) {
    for (const { file } of incoming) fs.rmSync(file, { force: true })
    throw error
  }
}

/**
 * Brings it back. What is there already is replaced only when `replaces`, and is then kept beside as `….before`, with a number
 * where an earlier one is there. Fails with `StateFailed`, and has changed nothing, where a service runs, the file can not be
 * read to its end, or there is no room for what is in it.
 */
export const load = (from: string, password: Redacted.Redacted<string> | undefined, replaces: boolean) =>
  Effect.gen(function* () {
    const { configurationFile } = yield* Remotes
    const { stateDirectory } = yield* ThisMachine
    const folder = yield* scratch
    const plain = password === undefined ? undefined : Redacted.value(password)
    const came = yield* attempt(() => StateArchive.read(from, folder, names, plain))
    const places = new Map([
      [configuration, configurationFile],
      [tasks, tasksFile(stateDirectory)],
      [service, serviceFile(stateDirectory)]
    ])
    const there = came.map((name) => places.get(name)!).filter((file) => fs.existsSync(file))
    if (there.length > 0 && !replaces) {
      const message = `${there.join(", ")} ${there.length === 1 ? "is" : "are"} there already; --replace puts ${there.length === 1 ? "it" : "them"} aside`
      return yield* new StateFailed({ message, reason: "Failed" })
    }
    const owned = serviceFile(stateDirectory)
    if (fs.existsSync(owned)) {
      const database = SqliteDatabase.open(owned, { steps })
      const taken = ServiceOwner.take(database, "a state that is brought back")
      if (taken === undefined) ServiceOwner.release(database)
      database.close()
      if (taken !== undefined) return yield* new StateFailed({ message: taken, reason: "Failed" })
    }
    yield* attempt(async () => {
      const incoming = bringBeside(came.map((name) => ({ file: path.join(folder, name), place: places.get(name)! })))
      for (const { file, place } of incoming) {
        const aside = asideOf(place)
        for (const ending of endings) {
          if (fs.existsSync(place + ending)) fs.renameSync(place + ending, aside + ending)
        }
        fs.renameSync(file, place)
      }
    })
    return came
  }).pipe(Effect.scoped)
