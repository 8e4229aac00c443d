import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { afterEach, describe, expect, it } from "@effect/vitest"
import * as ProcessIdentity from "@ourclone/core/machine/ProcessIdentity"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import * as Follow from "../../src/host/Follow.ts"
import * as TaskHost from "../../src/host/TaskHost.ts"
import * as SqliteStore from "../../src/store/SqliteStore.ts"
import type { TaskStore } from "../../src/store/TaskStore.ts"

const folders: Array<string> = []
afterEach(() => {
  for (const folder of folders.splice(0)) fs.rmSync(folder, { recursive: true, force: true })
})

const script = path.join(import.meta.dirname, "endsAtOnce.ts")

const done = (store: TaskStore, id: string) => Stream.runDrain(Follow.follow(store, id))

describe("a host of a journal that several machines share", () => {
  it.live("starts what it can run, though what waits for another machine is more than it looks through at once", () =>
    Effect.gen(function* () {
      const folder = fs.mkdtempSync(path.join(os.tmpdir(), "hosts-"))
      folders.push(folder)
      const [journal, log] = [path.join(folder, "journal.sqlite"), path.join(folder, "log")]
      const store = yield* SqliteStore.make(journal, { isDurable: false })
      const task = { kind: "sync", request: null, origin: "service" } as const
      for (let count = 0; count < 1_001; count++) yield* store.create({ ...task, machine: "one that is off" })
      const { id } = yield* store.create({ ...task, machine: "here" })
      yield* TaskHost.make({
        store,
        owner: ProcessIdentity.current(),
        mayRun: ({ machine }) => Effect.succeed(machine === "here"),
        program: {
          command: (task) => [process.execPath, script, journal, task.id, log, "here"],
          environment: process.env,
          sendSignal: () => {}
        }
      })
      yield* done(store, id)
      expect(fs.readFileSync(log, "utf8").trim()).toBe(`here ${id}`)
    }).pipe(Effect.scoped)
  )
})

describe("two hosts of one journal", () => {
  it.live("start each task once between them, and the one that stays goes on where the other ends", () =>
    Effect.gen(function* () {
      const folder = fs.mkdtempSync(path.join(os.tmpdir(), "hosts-"))
      folders.push(folder)
      const [journal, log] = [path.join(folder, "journal.sqlite"), path.join(folder, "log")]
      const store = yield* SqliteStore.make(journal)
      const started = () => fs.readFileSync(log, "utf8").trim().split("\n")
      /** Both are of this process, so each says that it is another one of it. */
      const host = Effect.fnUntraced(function* (name: string) {
        const scope = yield* Scope.make()
        const owner = { ...ProcessIdentity.current(), birth: ProcessIdentity.current().birth }
        const program = {
          command: ({ id }: { readonly id: string }) => [process.execPath, script, journal, id, log, name] as const,
          environment: process.env,
          sendSignal: () => {}
        }
        const made = TaskHost.make({
          store,
          owner: name === "first" ? owner : { ...owner, pid: process.ppid, birth: "" },
          program
        })
        return { scope, host: yield* Effect.provideService(made, Scope.Scope, scope) }
      })
      const first = yield* host("first")
      const second = yield* host("second")
      const submit = store.create({ kind: "sync", request: null, origin: "service" })
      const ids = [(yield* submit).id, (yield* submit).id, (yield* submit).id]
      yield* Effect.forEach(ids, (id) => done(store, id), { concurrency: 3 })
      expect(started().sort()).toEqual(ids.map((id) => `first ${id}`).sort())
      yield* Scope.close(first.scope, Exit.void)
      const { id } = yield* submit
      yield* done(store, id)
      expect(started().at(-1)).toBe(`second ${id}`)
      yield* Scope.close(second.scope, Exit.void)
    })
  )
})
