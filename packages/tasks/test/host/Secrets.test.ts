import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { afterEach, describe, expect, it } from "@effect/vitest"
import * as ProcessIdentity from "@ourclone/core/machine/ProcessIdentity"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import * as Follow from "../../src/host/Follow.ts"
import { role } from "../../src/host/HostRole.ts"
import * as TaskHost from "../../src/host/TaskHost.ts"
import * as SqliteStore from "../../src/store/SqliteStore.ts"
import { starterOf } from "../../src/task/Task.ts"

const folders: Array<string> = []
afterEach(() => {
  for (const folder of folders.splice(0)) fs.rmSync(folder, { recursive: true, force: true })
})

const secrets = new Map([["repository:home" as const, Redacted.make("correct horse")]])
const task = { kind: "sync", request: { source: "/a", destination: "/b" }, origin: "terminal" } as const

const prepared = Effect.gen(function* () {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "secrets-"))
  folders.push(folder)
  const [journal, log] = [path.join(folder, "journal.sqlite"), path.join(folder, "log")]
  const store = yield* SqliteStore.make(journal)
  const host = (script: string, name: string, owner = ProcessIdentity.current()) =>
    TaskHost.make({
      store,
      owner,
      program: {
        command: ({ id }) => [process.execPath, path.join(import.meta.dirname, script), journal, id, log, name],
        environment: process.env,
        sendSignal: () => {}
      }
    })
  const ended = (id: string) => Stream.runDrain(Follow.follow(store, id))
  const said = () => fs.readFileSync(log, "utf8").trim().split("\n")
  return { store, host, ended, said }
})

/** As if it were another process, which lives as long. */
const other = { ...ProcessIdentity.current(), pid: process.ppid, birth: "" }

describe("secrets that come with a task", () => {
  it.live("go to each of its runners, also to one that takes over because the first was too slow", () =>
    Effect.gen(function* () {
      const { ended, host, said, store } = yield* prepared
      const { submit } = yield* host("losesItsLease.ts", "here")
      const { id } = yield* submit(task, secrets)
      yield* ended(id)
      expect(said()).toEqual(["here run 1 repository:home", "here run 2 repository:home"])
      while ((yield* store.holder(starterOf(id))) !== undefined) yield* Effect.sleep("20 millis")
    }).pipe(Effect.scoped)
  )

  it.live("reach its runner where another host starts all others, and once more when it is begun again", () =>
    Effect.gen(function* () {
      const { ended, host, said, store } = yield* prepared
      yield* host("losesItsLease.ts", "service", other)
      while ((yield* store.holder(role)) === undefined) yield* Effect.sleep("20 millis")
      const screens = yield* host("losesItsLease.ts", "screens")
      const { id } = yield* screens.submit(task, secrets)
      yield* ended(id)
      expect(said()).toEqual(["screens run 1 repository:home", "screens run 2 repository:home"])

      while ((yield* store.holder(starterOf(id))) !== undefined) yield* Effect.sleep("20 millis")
      yield* screens.give(id, secrets)
      yield* store.wish(id, { _tag: "Again", by: "ann" })
      yield* screens.look
      yield* ended(id)
      expect(said().at(-1)).toBe("screens run 3 repository:home")

      // Of one without secrets it is the business of the other.
      const plain = yield* screens.submit(task)
      yield* ended(plain.id)
      expect(
        said()
          .slice(-2)
          .map((line) => line.trim())
      ).toEqual(["service run 1", "service run 2"])
    }).pipe(Effect.scoped)
  )
})
