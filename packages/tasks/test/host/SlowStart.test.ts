/** Runners that take long until they have their task. */
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { expect, it } from "@effect/vitest"
import * as ProcessIdentity from "@ourclone/core/machine/ProcessIdentity"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import { onTestFinished } from "vitest"
import * as Follow from "../../src/host/Follow.ts"
import * as TaskHost from "../../src/host/TaskHost.ts"
import { leaseMillis } from "../../src/runner/Journaling.ts"
import * as SqliteStore from "../../src/store/SqliteStore.ts"

const prepared = Effect.gen(function* () {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "slow-start-"))
  onTestFinished(() => fs.rmSync(folder, { recursive: true, force: true }))
  const [journal, log, go] = ["journal.sqlite", "log", "go"].map((name) => path.join(folder, name)) as [
    string,
    string,
    string
  ]
  fs.writeFileSync(log, "")
  const store = yield* SqliteStore.make(journal)
  const { id } = yield* store.create({ kind: "sync", request: null, origin: "service" })
  const problems: Array<string> = []
  /** Each says that it is another process. */
  const host = (name: string, owner: ProcessIdentity.ProcessIdentity, more: Partial<TaskHost.HostOptions> = {}) =>
    TaskHost.make({
      store,
      owner,
      program: {
        command: (task) => [
          process.execPath,
          path.join(import.meta.dirname, "endsAtOnce.ts"),
          ...[journal, task.id, log, name, go]
        ],
        environment: process.env,
        sendSignal: () => {}
      },
      onProblem: (message) => problems.push(message),
      ...more
    })
  const started = () => fs.readFileSync(log, "utf8").split("\n").slice(0, -1)
  const until = (count: number) =>
    Effect.gen(function* () {
      while (started().length < count) yield* Effect.sleep(20)
    })
  const ended = Effect.suspend(() => {
    fs.writeFileSync(go, "")
    return Stream.runDrain(Follow.follow(store, id))
  })
  return { store, id, host, started, until, ended, problems }
})

const own = ProcessIdentity.current()

it.live("a service that is started anew waits for the runner that the one before has started", () =>
  Effect.gen(function* () {
    const { ended, host, id, started, store, until } = yield* prepared
    const scope = yield* Scope.make()
    yield* Effect.provideService(host("first", { ...own, pid: process.ppid, birth: "" }), Scope.Scope, scope)
    yield* until(1)
    yield* Scope.close(scope, Exit.void)
    yield* host("second", own)
    // It has looked at all by then.
    const later = yield* store.create({ kind: "sync", request: null, origin: "service" })
    yield* until(2)
    yield* ended
    expect(started()).toEqual([`first ${id}`, `second ${later.id}`])
  }).pipe(Effect.scoped)
)

it.live("another machine starts no runner while the one of the first is about to have the task", () =>
  Effect.gen(function* () {
    const { ended, host, id, started, until } = yield* prepared
    const mayRun = () => Effect.succeed(true)
    yield* host("here", own, { mayRun })
    yield* until(1)
    yield* host("there", { host: "there", pid: 1, birth: "" }, { mayRun })
    yield* Effect.sleep(leaseMillis + 3_000)
    yield* ended
    expect(started()).toEqual([`here ${id}`])
  }).pipe(Effect.scoped)
)

it.live("a runner that never has its task gives way to another, which is said", () =>
  Effect.gen(function* () {
    const { ended, host, id, problems, started, until } = yield* prepared
    yield* host("it", own, { startMillis: 300 })
    yield* until(2)
    yield* ended
    expect(new Set(started())).toEqual(new Set([`it ${id}`]))
    expect(problems).toContain(`the runner of task ${id} has not begun within 0 s: another one is started`)
  }).pipe(Effect.scoped)
)
