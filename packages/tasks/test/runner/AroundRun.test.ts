import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { afterEach, describe, expect, it } from "@effect/vitest"
import { version } from "@ourclone/core/events/Envelope"
import type { RunEvent } from "@ourclone/core/events/RunEvent"
import type { Sink } from "@ourclone/core/events/Tell"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as AroundRun from "../../src/runner/AroundRun.ts"
import { leaseMillis } from "../../src/runner/Journaling.ts"
import * as Runner from "../../src/runner/Runner.ts"
import * as SqliteStore from "../../src/store/SqliteStore.ts"
import type { Claim } from "../../src/store/TaskStore.ts"
import { type Hook, noHooks } from "../../src/task/Hooks.ts"

const folders: Array<string> = []
afterEach(() => {
  for (const folder of folders.splice(0)) fs.rmSync(folder, { recursive: true, force: true })
})

const sendSignal = (pid: number, signal: NodeJS.Signals) => void process.kill(pid, signal)

const folderOf = (): string => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "hooks-"))
  folders.push(folder)
  return folder
}

/** A program of Node's, which finds its words in `process.argv`. */
const program = (code: string, ...words: ReadonlyArray<string>): Hook => ({
  command: [process.execPath, "-e", code, "--", ...words],
  limitMillis: 60_000
})

const tell = (sink: Sink, event: RunEvent) => Effect.orDie(sink([{ v: version, at: 0, event }]))
const finished: RunEvent = { _tag: "Finished", outcome: "done", summary: null }

/** Runs a task with those hooks in a folder of its own. */
const runWith = Effect.fnUntraced(function* (
  folder: string,
  hooks: { readonly before?: Hook; readonly after?: Hook },
  execute: Runner.Execute<never> = (sink) => Effect.as(tell(sink, finished), null),
  whileRunning: (store: Effect.Success<ReturnType<typeof SqliteStore.make>>, id: string) => Effect.Effect<void> = () =>
    Effect.void
) {
  const store = yield* SqliteStore.make(path.join(folder, "journal.sqlite"))
  const made = yield* store.create({
    kind: "sync",
    request: null,
    origin: "service",
    hooks: { ...noHooks, ...hooks }
  })
  const claim = (yield* store.claim({ host: "here", pid: 1, birth: "1" }, leaseMillis, made.id)) as Claim
  const environment = { ...process.env, OURCLONE_PASSWORD: "secret", AWS_SECRET_ACCESS_KEY: "secret" }
  const around = AroundRun.around(claim.task, { environment, directory: folder, sendSignal }, execute)
  const running = yield* Effect.forkChild(
    Runner.run({ store, claim, execute: around, interrupted: { _tag: "Requeue" } })
  )
  yield* whileRunning(store, made.id)
  const task = yield* Fiber.join(running)
  const events = (yield* store.facts(made.id, 0, 100)).map(({ event }) => event)
  return { task, events }
})

const writeEnvironment = `require("node:fs").writeFileSync(process.env.OURCLONE_HOOK + ".json", JSON.stringify({ words: process.argv.slice(1), environment: process.env }))`
const written = (folder: string, name: string) => JSON.parse(fs.readFileSync(path.join(folder, name), "utf8"))

describe("a hook", () => {
  it.live("is given its words as they are, and who it runs for, and none of this program's secrets", () =>
    Effect.gen(function* () {
      const folder = folderOf()
      const words = ["$(touch broken)", "a b; touch broken", "*"]
      const hook = program(writeEnvironment, ...words)
      const { events, task } = yield* runWith(folder, { before: hook, after: hook })
      expect(task.state).toEqual({ _tag: "Done", failed: 0 })
      const before = written(folder, "before.json")
      expect(before.words).toEqual(words)
      expect(before.environment).toMatchObject({ OURCLONE_TASK_ID: task.id, OURCLONE_TASK_KIND: "sync" })
      expect(before.environment.OURCLONE_TASK_RESULT).toBe(undefined)
      expect(written(folder, "after.json").environment).toMatchObject({
        OURCLONE_TASK_RESULT: "done",
        OURCLONE_TASK_FAILED: "0",
        PATH: process.env.PATH
      })
      expect(JSON.stringify(before)).not.toContain("secret")
      expect(fs.existsSync(path.join(folder, "broken"))).toBe(false)
      // The end of the run is the last thing that is told.
      expect(events.map((event) => (event._tag === "Step" ? event.values?.hook : event._tag))).toEqual([
        "before",
        "after",
        "Finished"
      ])
    })
  )

  it.live("that fails before the run keeps it from beginning, with a reason of its own; the one after it runs", () =>
    Effect.gen(function* () {
      const folder = folderOf()
      let hasRun = false
      const { events, task } = yield* runWith(
        folder,
        {
          before: program(`console.log("no disk there"); process.exit(3)`),
          after: program(writeEnvironment)
        },
        () =>
          Effect.sync(() => {
            hasRun = true
            return null
          })
      )
      expect(hasRun).toBe(false)
      expect(task.state).toMatchObject({
        _tag: "Failed",
        failure: { code: "HookFailed", message: expect.stringMatching(/ended with 3: no disk there$/) }
      })
      expect(written(folder, "after.json").environment).toMatchObject({
        OURCLONE_TASK_RESULT: "failed",
        OURCLONE_TASK_REASON: "HookFailed"
      })
      expect(events.at(-1)).toMatchObject({ _tag: "Finished", outcome: "failed", failure: { code: "HookFailed" } })
    })
  )

  it.live("that can not be started says so, and one after the run changes nothing of how it went", () =>
    Effect.gen(function* () {
      const nowhere: Hook = { command: ["/nowhere/at/all"], limitMillis: 1000 }
      const { events, task } = yield* runWith(folderOf(), { after: nowhere })
      expect(task.state).toEqual({ _tag: "Done", failed: 0 })
      expect(events.find(({ _tag }) => _tag === "Note")).toMatchObject({
        code: "hookFailed",
        message: expect.stringContaining("/nowhere/at/all, could not be started")
      })
    })
  )

  it.live("that takes too long is ended with all that it started, and keeps no run from ending", () =>
    Effect.gen(function* () {
      const folder = folderOf()
      const child = `process.on("SIGTERM", () => {}); require("node:fs").writeFileSync("child", String(process.pid)); setInterval(() => {}, 1000)`
      const code = `require("node:child_process").spawn(process.execPath, ["-e", ${JSON.stringify(child)}], { stdio: "inherit" }); setInterval(() => {}, 1000)`
      const { task } = yield* runWith(folder, { before: { ...program(code), limitMillis: 3_000 } })
      expect(task.state).toMatchObject({
        failure: { code: "HookFailed", message: expect.stringContaining("did not end within 3 s") }
      })
      const pid = Number(fs.readFileSync(path.join(folder, "child"), "utf8"))
      for (;;) {
        try {
          process.kill(pid, 0)
          const [, state] = fs.readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")
          if (state?.startsWith("Z")) break
        } catch {
          break
        }
        yield* Effect.sleep(50)
      }
    })
  )

  it.live("tells the end of what it printed, and no more of it than is good to keep", () =>
    Effect.gen(function* () {
      const code = `process.stderr.write("x".repeat(1_000_000)); process.stdout.write("the end")`
      const { events } = yield* runWith(folderOf(), { before: program(code) })
      const step = events.find((event) => event._tag === "Step")
      const { output } = step?._tag === "Step" ? (step.detail as { output: string }) : { output: "" }
      expect(output).toHaveLength(16_000)
      expect(output).toContain("x")
    })
  )

  it.live("after a run that was cancelled hears of it", () =>
    Effect.gen(function* () {
      const folder = folderOf()
      const running = yield* Deferred.make<void>()
      const execute: Runner.Execute<never> = (sink) =>
        Effect.andThen(Deferred.succeed(running, undefined), Effect.never).pipe(
          Effect.onInterrupt(() => tell(sink, { _tag: "Finished", outcome: "cancelled", by: "ann" }))
        )
      const { events, task } = yield* runWith(folder, { after: program(writeEnvironment) }, execute, (store, id) =>
        Effect.orDie(
          Effect.andThen(Deferred.await(running), Effect.asVoid(store.wish(id, { _tag: "Cancel", by: "ann" })))
        )
      )
      expect(task.state).toEqual({ _tag: "Cancelled", by: "ann" })
      expect(written(folder, "after.json").environment.OURCLONE_TASK_RESULT).toBe("cancelled")
      expect(events.map(({ _tag }) => _tag)).toEqual(["Step", "Finished"])
    })
  )
})
