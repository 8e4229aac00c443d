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
import type { Task } from "../../src/task/Task.ts"
import { hasEnded } from "../../src/task/TaskState.ts"

/** A host of tasks that end at once, where they may be started. */
const setUp = Effect.fnUntraced(function* (refusal: (task: Task) => Effect.Effect<undefined, { message: string }>) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "may-start-"))
  onTestFinished(() => fs.rmSync(folder, { recursive: true, force: true }))
  const [journal, log] = [path.join(folder, "journal.sqlite"), path.join(folder, "log")]
  const store = yield* SqliteStore.make(journal, { isDurable: false })
  const problems: Array<string> = []
  yield* TaskHost.make({
    store,
    owner: ProcessIdentity.current(),
    program: {
      command: ({ id }) => [process.execPath, path.join(import.meta.dirname, "endsAtOnce.ts"), journal, id, log, "it"],
      environment: process.env,
      sendSignal: () => {}
    },
    refusal,
    onProblem: (message) => problems.push(message)
  })
  return { store, problems }
})

const create = (store: TaskStore) => store.create({ kind: "copy", request: null, origin: "service" })

/** How the task ended. */
const endOf = (store: TaskStore, { id }: Task) =>
  Follow.follow(store, id).pipe(
    Stream.takeUntil((said) => said._tag === "Task" && hasEnded(said.task.state)),
    Stream.runDrain,
    Effect.andThen(store.load(id)),
    Effect.map(({ state }) => state._tag)
  )

const later = Effect.fail({ message: "ask again later" })

it.live("a task is not given up where nobody can say yet whether it may be started, and that is told once", () =>
  Effect.gen(function* () {
    let asked = 0
    const { problems, store } = yield* setUp(() => (++asked <= 3 ? later : Effect.succeed(undefined)))
    const task = yield* create(store)
    expect(yield* endOf(store, task)).toBe("Done")
    expect(problems).toEqual([`task ${task.id} waits to be started: ask again later`])
  }).pipe(Effect.scoped)
)

it.live("tasks of which nobody can say yet whether they may be started take no place of others", () =>
  Effect.gen(function* () {
    const unsure = new Set<string>()
    const { store } = yield* setUp(({ id }) => (unsure.has(id) ? later : Effect.succeed(undefined)))
    for (let count = 0; count < TaskHost.defaults.atOnce; count++) unsure.add((yield* create(store)).id)
    expect(yield* endOf(store, yield* create(store))).toBe("Done")
  }).pipe(Effect.scoped)
)
