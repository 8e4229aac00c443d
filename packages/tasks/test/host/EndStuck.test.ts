import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { afterEach, describe, expect, it } from "@effect/vitest"
import * as ProcessIdentity from "@ourclone/core/machine/ProcessIdentity"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import * as Follow from "../../src/host/Follow.ts"
import * as TaskHost from "../../src/host/TaskHost.ts"
import * as SqliteStore from "../../src/store/SqliteStore.ts"
import type { TaskStore } from "../../src/store/TaskStore.ts"
import type { Task } from "../../src/task/Task.ts"

const folders: Array<string> = []
afterEach(() => {
  for (const folder of folders.splice(0)) fs.rmSync(folder, { recursive: true, force: true })
})

const sendSignal = (pid: number, signal: NodeJS.Signals) => void process.kill(pid, signal)
const script = path.join(import.meta.dirname, "neverEnds.ts")

const until = (store: TaskStore, id: string, isThere: (task: Task) => boolean) =>
  Follow.follow(store, id).pipe(
    Stream.takeUntil((said) => said._tag === "Task" && isThere(said.task)),
    Stream.runDrain,
    Effect.andThen(store.load(id))
  )

describe("a run that does not end", () => {
  it.live.each([
    ["Cancel", "Cancelled", "ended"],
    ["Pause", "Paused", "paused"]
  ] as const)(
    "when asked to %s is ended by a signal, then by one it can not refuse, and the journal says so",
    ([wish, state, word]) =>
      Effect.gen(function* () {
        const folder = fs.mkdtempSync(path.join(os.tmpdir(), "stuck-"))
        folders.push(folder)
        const journal = path.join(folder, "journal.sqlite")
        const store = yield* SqliteStore.make(journal)
        yield* TaskHost.make({
          store,
          owner: ProcessIdentity.current(),
          program: {
            command: ({ id }) => [process.execPath, script, journal, id],
            environment: process.env,
            sendSignal
          },
          patience: { endMillis: 1_000, killMillis: 1_000 }
        })
        const { id } = yield* store.create({ kind: "sync", request: null, origin: "service" })
        const { owner } = yield* until(store, id, (task) => task.state._tag === "Running")
        yield* store.wish(id, { _tag: wish, by: "ann" })
        const task = yield* until(store, id, (task) => task.state._tag === state)
        expect(task.state).toEqual({ _tag: state, by: "ann" })
        expect(ProcessIdentity.hasEnded(owner!)).toBe(true)
        const facts = (yield* store.facts(id, 0, 100)).map(({ event }) => event)
        const notes = facts.flatMap((fact) => (fact._tag === "Note" ? [fact.message] : []))
        expect(notes).toEqual([
          expect.stringMatching(new RegExp(`^ann wants it ${word}, .* its process ${owner!.pid} is sent SIGTERM$`)),
          expect.stringMatching(new RegExp(`its process ${owner!.pid} is sent SIGKILL$`))
        ])
        expect(facts.filter(({ _tag }) => _tag === "Finished")).toEqual(
          wish === "Cancel" ? [{ _tag: "Finished", outcome: "cancelled", by: "ann" }] : []
        )
      })
  )
})
