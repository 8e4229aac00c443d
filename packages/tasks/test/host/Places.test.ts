import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { expect, it } from "@effect/vitest"
import * as ProcessIdentity from "@ourclone/core/machine/ProcessIdentity"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { onTestFinished } from "vitest"
import * as Follow from "../../src/host/Follow.ts"
import * as TaskHost from "../../src/host/TaskHost.ts"
import * as SqliteStore from "../../src/store/SqliteStore.ts"
import type { TaskStore } from "../../src/store/TaskStore.ts"
import type { StateTag } from "../../src/task/TaskState.ts"

const until = (store: TaskStore, id: string, state: StateTag) =>
  Follow.follow(store, id).pipe(
    Stream.takeUntil((said) => said._tag === "Task" && said.task.state._tag === state),
    Stream.runDrain,
    Effect.andThen(store.load(id))
  )

it.live("a mount takes none of the places of tasks that run at once, and its end waits for none", () =>
  Effect.gen(function* () {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "places-"))
    onTestFinished(() => fs.rmSync(folder, { recursive: true, force: true }))
    const [journal, log] = [path.join(folder, "journal.sqlite"), path.join(folder, "log")]
    const store = yield* SqliteStore.make(journal, { isDurable: false })
    const script = (kind: string) =>
      path.join(import.meta.dirname, ["mount", "sync"].includes(kind) ? "neverEnds.ts" : "endsAtOnce.ts")
    yield* TaskHost.make({
      store,
      owner: ProcessIdentity.current(),
      settings: Effect.succeed({ ...TaskHost.defaults, atOnce: 1 }),
      program: {
        command: ({ id, kind }) => [process.execPath, script(kind), journal, id, log, "it"],
        environment: process.env,
        sendSignal: () => {}
      }
    })
    const start = (kind: string) => store.create({ kind, request: null, origin: "service" })
    const lasting = Effect.fnUntraced(function* (kind: string) {
      const { id } = yield* start(kind)
      const { owner } = yield* until(store, id, "Running")
      onTestFinished(() => void process.kill(owner!.pid, "SIGKILL"))
    })
    yield* lasting("mount")
    yield* until(store, (yield* start("copy")).id, "Done")
    yield* lasting("sync")
    const queued = yield* start("copy")
    yield* until(store, (yield* start("unmount")).id, "Done")
    yield* lasting("mount")
    expect((yield* store.load(queued.id)).state._tag).toBe("Queued")
  }).pipe(Effect.scoped)
)
