import { type ChildProcess, spawn } from "node:child_process"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import type { Envelope } from "@ourclone/core/events/Envelope"
import * as RunView from "@ourclone/core/events/RunView"
import type { JobKind } from "@ourclone/jobs/kind/JobKind"
import * as RunInProcess from "@ourclone/jobs/run/RunInProcess"
import { encodeOrder, encodeWish } from "@ourclone/jobs/run/RunWire"
import * as Copy from "@ourclone/jobs/transfer/Copy"
import * as Sync from "@ourclone/jobs/transfer/Sync"
import { Effect, Fiber } from "effect"
import { expect, onTestFinished, test } from "vitest"

const main = path.join(import.meta.dirname, "../src/main.ts")
const command = [process.execPath, main, "task", "run", "--stdin"] as const

const makeWorld = () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "ourclone-runs-"))
  onTestFinished(() => fs.rmSync(folder, { recursive: true, force: true }))
  const environment = {
    HOME: folder,
    XDG_STATE_HOME: path.join(folder, "state"),
    OURCLONE_CONFIG: path.join(folder, "config.toml")
  }
  const runner = RunInProcess.make({ command, environment })
  return {
    at: (name: string) => path.join(folder, name),
    environment,
    write: (name: string, size: number) => {
      fs.mkdirSync(path.dirname(path.join(folder, name)), { recursive: true })
      fs.writeFileSync(path.join(folder, name), "x".repeat(size))
    },
    run: <Request, Summary>(
      kind: JobKind<string, Request, Summary>,
      request: Request,
      events: Array<Envelope> = [],
      cancelledBy = () => "ann"
    ) =>
      runner.run(kind, request, {
        sink: (batch) => Effect.sync(() => void events.push(...batch)),
        secrets: new Map(),
        cancelledBy
      })
  }
}

/** Three files at a rate at which the second takes minutes. */
const slow = (world: ReturnType<typeof makeWorld>, name = "slow") => {
  for (const file of ["a", "b", "c"]) world.write(`${name}/${file}`, 50_000)
  return { source: world.at(name), destination: world.at(`${name}-to`), bwlimit: "off:500" }
}

const isUnderWay = (events: ReadonlyArray<Envelope>) => events.some(({ event }) => event._tag === "Done")

const until = (isTrue: () => boolean) =>
  Effect.gen(function* () {
    while (!isTrue()) yield* Effect.sleep(10)
  })

/** Of a process that had to be killed a temporary file may be left; it is none of the files. */
const wholeFiles = (folder: string) =>
  (fs.existsSync(folder) ? fs.readdirSync(folder) : [])
    .filter((name) => !name.endsWith(".ourclone-part"))
    .every((name) => fs.statSync(path.join(folder, name)).size === 50_000)

test("eight runs at once, each in a process of its own, have each its own events", async () => {
  const world = makeWorld()
  const runs = Array.from({ length: 8 }, (_, index) => {
    for (let file = 0; file <= index; file++) world.write(`from-${index}/${file}`, 10)
    return {
      events: [] as Array<Envelope>,
      request: { source: world.at(`from-${index}`), destination: world.at(`to-${index}`) }
    }
  })
  const all = runs.map(({ events, request }) => world.run(Sync.kind, request, events))
  const summaries = await Effect.runPromise(Effect.all(all, { concurrency: "unbounded" }))
  expect(summaries.map(({ stored }) => stored)).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
  for (const [index, { events }] of runs.entries()) {
    const view = events.reduce(RunView.fold, RunView.empty)
    expect(view.isGapless).toBe(true)
    expect(view.deeds.stored).toBe(index + 1)
    expect(events.at(-1)?.event).toMatchObject({ _tag: "Finished", outcome: "done" })
  }
})

test("one that is cancelled says who did it and leaves whole files, and the others go on", async () => {
  const world = makeWorld()
  world.write("other/a", 10)
  const events: Array<Envelope> = []
  await Effect.runPromise(
    Effect.gen(function* () {
      const cancelled = yield* Effect.forkChild(world.run(Copy.kind, slow(world), events))
      yield* until(() => isUnderWay(events))
      const other = yield* Effect.forkChild(
        world.run(Copy.kind, { source: world.at("other"), destination: world.at("other-to") })
      )
      yield* Fiber.interrupt(cancelled)
      expect(yield* Fiber.join(other)).toMatchObject({ stored: 1 })
    })
  )
  expect(events.at(-1)?.event).toMatchObject({ _tag: "Finished", outcome: "cancelled", by: "ann" })
  expect(wholeFiles(world.at("slow-to"))).toBe(true)
})

test("a process that is killed ends its run as failed, with the last event made here", async () => {
  const world = makeWorld()
  const runner = RunInProcess.make({
    command: [process.execPath, "-e", "process.kill(process.pid, 'SIGKILL')"],
    environment: world.environment
  })
  const events: Array<Envelope> = []
  const request = { source: world.at("from"), destination: world.at("to") }
  const error = await Effect.runPromise(
    Effect.flip(
      runner.run(Copy.kind, request, {
        sink: (batch) => Effect.sync(() => void events.push(...batch)),
        secrets: new Map()
      })
    )
  )
  expect(error).toMatchObject({ failure: { code: "RunnerDied", message: expect.stringContaining("SIGKILL") } })
  expect(events.map(({ event }) => event._tag)).toEqual(["Finished"])
})

/** The runner itself, spoken to by the wire. */
const speak = (world: ReturnType<typeof makeWorld>) => {
  const [program, ...words] = command
  const child: ChildProcess = spawn(program, words, { env: world.environment, stdio: ["pipe", "pipe", "inherit"] })
  onTestFinished(() => void child.kill("SIGKILL"))
  let out = ""
  child.stdout?.on("data", (piece: Buffer) => {
    out += piece
  })
  return {
    child,
    events: () =>
      out
        .split("\n")
        .filter(Boolean)
        .map((line): Envelope => JSON.parse(line)),
    exit: new Promise<void>((resolve) => child.once("exit", () => resolve()))
  }
}

const order = (request: object) =>
  `${encodeOrder({ v: 1, type: "copy", request: { ...request }, isPreview: false, secrets: {} })}\n`

test("when its starter goes, a run ends as by cancel, and soon", async () => {
  const world = makeWorld()
  const { child, events, exit } = speak(world)
  child.stdin?.write(order(slow(world)))
  await Effect.runPromise(until(() => isUnderWay(events())))
  child.stdin?.end()
  await exit
  expect(events().at(-1)?.event).toMatchObject({ _tag: "Finished", outcome: "cancelled" })
  expect(wholeFiles(world.at("slow-to"))).toBe(true)
})

test("a starter that is killed takes its run with it", async () => {
  const world = makeWorld()
  const text = order(slow(world))
  const script = `
    const child = require("node:child_process").spawn(${JSON.stringify(command[0])}, ${JSON.stringify(command.slice(1))}, { stdio: ["pipe", "pipe", "inherit"] })
    child.stdin.write(${JSON.stringify(text)})
    child.stdout.on("data", (piece) => process.stdout.write(JSON.stringify({ pid: child.pid, text: String(piece) }) + "\\n"))`
  const parent = spawn(process.execPath, ["-e", script], {
    env: world.environment,
    stdio: ["ignore", "pipe", "inherit"]
  })
  onTestFinished(() => void parent.kill("SIGKILL"))
  let out = ""
  parent.stdout.on("data", (piece: Buffer) => {
    out += piece
  })
  await Effect.runPromise(until(() => out.includes("Done")))
  const pid = Number(/"pid":(\d+)/.exec(out)?.[1])
  const isAlive = () => {
    try {
      process.kill(pid, 0)
      return true
    } catch {
      return false
    }
  }
  expect(isAlive()).toBe(true)
  parent.kill("SIGKILL")
  await Effect.runPromise(until(() => !isAlive()))
  expect(wholeFiles(world.at("slow-to"))).toBe(true)
})

test("a run that is paused takes up nothing more, and goes on when it may", async () => {
  const world = makeWorld()
  for (let file = 0; file < 400; file++) world.write(`many/${file}`, 1)
  const { child, events, exit } = speak(world)
  child.stdin?.write(order({ source: world.at("many"), destination: world.at("many-to"), transfers: 1 }))
  child.stdin?.write(`${encodeWish({ _tag: "Pause" })}\n`)
  const stored = () => events().filter(({ event }) => event._tag === "Done").length
  await Effect.runPromise(until(() => events().length > 0))
  let held = -1
  while (held !== stored()) {
    held = stored()
    await new Promise((resolve) => setTimeout(resolve, 500))
  }
  expect(held).toBeLessThan(400)
  child.stdin?.write(`${encodeWish({ _tag: "Resume" })}\n`)
  await Effect.runPromise(until(() => events().some(({ event }) => event._tag === "Finished")))
  expect(stored()).toBe(400)
  child.stdin?.end()
  await exit
})

test("a lower limit holds for what a run under way still has to do", async () => {
  const world = makeWorld()
  for (let file = 0; file < 400; file++) world.write(`many/${file}`, 2_000)
  const { child, events, exit } = speak(world)
  const wish = (what: Parameters<typeof encodeWish>[0]) => child.stdin?.write(`${encodeWish(what)}\n`)
  child.stdin?.write(order({ source: world.at("many"), destination: world.at("many-to"), transfers: 1 }))
  wish({ _tag: "Pause" })
  const stored = () => events().filter(({ event }) => event._tag === "Done").length
  await Effect.runPromise(until(() => events().length > 0))
  wish({ _tag: "Limits", up: null, down: 500 })
  wish({ _tag: "Resume" })
  const held = stored()
  await new Promise((resolve) => setTimeout(resolve, 1_500))
  expect(stored()).toBeLessThan(held + 100)
  wish({ _tag: "Limits", up: null, down: null })
  await Effect.runPromise(until(() => events().some(({ event }) => event._tag === "Finished")))
  expect(stored()).toBe(400)
  child.stdin?.end()
  await exit
})

test.each([
  ["no order", "hello\n"],
  ["a kind that nobody knows", `${encodeOrder({ v: 1, type: "fly", request: {}, isPreview: false, secrets: {} })}\n`],
  ["a request of another kind", order({ path: "/" })]
])("%s ends the run as failed", async (_, text) => {
  const { child, events, exit } = speak(makeWorld())
  child.stdin?.write(text)
  await exit
  expect(events().at(-1)?.event).toMatchObject({ _tag: "Finished", outcome: "failed", failure: { code: "InvalidJob" } })
})
