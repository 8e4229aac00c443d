/** Whoever runs a job need not know where: here and in a process of its own everything that a run is offered does the same. */
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { Remotes } from "@ourclone/core/configuration/Remotes"
import type { Envelope } from "@ourclone/core/events/Envelope"
import * as RunView from "@ourclone/core/events/RunView"
import { SinkFailed } from "@ourclone/core/events/Tell"
import type { JobKind } from "@ourclone/jobs/kind/JobKind"
import * as Limits from "@ourclone/jobs/kind/Limits"
import { ThisMachine } from "@ourclone/jobs/kind/Surroundings"
import * as Init from "@ourclone/jobs/repository/InitJob"
import type { JobRunner, RunOptions } from "@ourclone/jobs/run/JobRunner"
import * as Pausing from "@ourclone/jobs/run/Pausing"
import * as RunHere from "@ourclone/jobs/run/RunHere"
import * as RunInProcess from "@ourclone/jobs/run/RunInProcess"
import * as Copy from "@ourclone/jobs/transfer/Copy"
import * as Sync from "@ourclone/jobs/transfer/Sync"
import { factory as local } from "@ourclone/provider-local/LocalProvider"
import { Effect, Exit, Fiber, Layer, Redacted } from "effect"
import { describe, expect, onTestFinished, test } from "vitest"

const main = path.join(import.meta.dirname, "../src/main.ts")

const runners = { here: "in this process", apart: "in a process of its own" } as const

const makeWorld = (where: keyof typeof runners) => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "ourclone-runners-"))
  onTestFinished(() => fs.rmSync(folder, { recursive: true, force: true }))
  const at = (name: string) => path.join(folder, name)
  const environment = { HOME: folder, XDG_STATE_HOME: at("state"), OURCLONE_CONFIG: at("config.toml") }
  const machine = {
    stateDirectory: at("state/ourclone"),
    cacheDirectory: at("cache"),
    home: folder,
    program: "ourclone 0.0.0"
  }
  const surroundings = Layer.mergeAll(
    Layer.succeed(ThisMachine, machine),
    Remotes.layer({ factories: [local], environment, directory: folder })
  )
  const here: JobRunner<never> = {
    run: (kind, request, options) => Effect.provide(RunHere.runner.run(kind, request, options), surroundings)
  }
  const command = [process.execPath, main, "task", "run", "--stdin"] as const
  const runner = where === "here" ? here : RunInProcess.make({ command, environment })
  const events: Array<Envelope> = []
  return {
    at,
    events,
    view: () => events.reduce(RunView.fold, RunView.empty),
    list: (name: string) => (fs.existsSync(at(name)) ? fs.readdirSync(at(name)).sort() : []),
    /** So many files below `from`. */
    write: (count: number, size: number) => {
      fs.mkdirSync(at("from"))
      for (let file = 0; file < count; file++) fs.writeFileSync(at(`from/${file}`), "x".repeat(size))
      return { source: at("from"), destination: at("to"), transfers: 1 }
    },
    run: <Request, Summary>(
      kind: JobKind<string, Request, Summary>,
      request: Request,
      options: Partial<RunOptions> = {}
    ) =>
      runner.run(kind, request, {
        sink: (batch) => Effect.sync(() => void events.push(...batch)),
        secrets: new Map(),
        ...options
      })
  }
}

const until = (isTrue: () => boolean) =>
  Effect.gen(function* () {
    while (!isTrue()) yield* Effect.sleep(10)
  })

/** What `count` is once it has not changed for a while. */
const resting = (count: () => number) =>
  Effect.gen(function* () {
    for (let last = -1; ; ) {
      const now = count()
      if (now === last) return now
      last = now
      yield* Effect.sleep(500)
    }
  })

/** A failure by its code, whichever runner tells it. */
const codeOf = (error: object): unknown => {
  if ("failure" in error) return (error.failure as { readonly code: string }).code
  if ("reason" in error) return (error.reason as { readonly _tag: string })._tag
  return "_tag" in error ? error._tag : undefined
}

describe.each(Object.entries(runners) as ReadonlyArray<[keyof typeof runners, string]>)("%s: %s", (where) => {
  test("a run tells every fact once and gives its summary", async () => {
    const world = makeWorld(where)
    const summary = await Effect.runPromise(world.run(Copy.kind, world.write(3, 10)))
    expect(summary).toMatchObject({ stored: 3, failed: 0 })
    expect(world.view()).toMatchObject({ isGapless: true, deeds: { stored: 3 }, finished: { outcome: "done" } })
    expect(world.events.at(-1)?.event._tag).toBe("Finished")
  })

  test("a preview changes nothing", async () => {
    const world = makeWorld(where)
    await Effect.runPromise(world.run(Sync.kind, world.write(3, 10), { isPreview: true }))
    expect(world.list("to")).toEqual([])
    expect(world.events.filter(({ event }) => event._tag === "Would")).toHaveLength(3)
  })

  test.each([
    ["what is not there", { source: "none" }, "NotFound"],
    ["a request that makes no sense", { bwlimit: "fast" }, "InvalidJob"]
  ])("%s fails the run by its code, which its last event tells too", async (_, wrong, code) => {
    const world = makeWorld(where)
    const { destination, source } = world.write(1, 10)
    const request = { destination, ...wrong, source: "source" in wrong ? world.at(wrong.source) : source }
    const error = await Effect.runPromise(Effect.flip(world.run(Copy.kind, request)))
    expect(codeOf(error)).toBe(code)
    expect(world.view().finished).toMatchObject({ outcome: "failed", failure: { code } })
  })

  test("secrets beside the request reach the run", async () => {
    const world = makeWorld(where)
    const repository = world.at("repository")
    const secrets = new Map([[`repository:${repository}`, Redacted.make("a password for tests")]])
    await Effect.runPromise(world.run(Init.kind, { repository }, { secrets }))
    expect(world.list("repository")).toContain("config")
  })

  test("an interruption is told as a cancel by whoever is behind it", async () => {
    const world = makeWorld(where)
    const request = { ...world.write(3, 50_000), bwlimit: "off:500" }
    const exit = await Effect.runPromise(
      Effect.gen(function* () {
        const running = yield* Effect.forkChild(world.run(Copy.kind, request, { cancelledBy: () => "ann" }))
        yield* until(() => (world.view().deeds.stored ?? 0) >= 1)
        yield* Fiber.interrupt(running)
        return yield* Fiber.await(running)
      })
    )
    expect(Exit.hasInterrupts(exit)).toBe(true)
    expect(world.view()).toMatchObject({ isGapless: true, finished: { outcome: "cancelled", by: "ann" } })
  })

  test("a run that is held up before it begins takes up nothing until it is let go", async () => {
    const world = makeWorld(where)
    const pausing = Pausing.make()
    pausing.pause()
    await Effect.runPromise(
      Effect.gen(function* () {
        const running = yield* Effect.forkChild(world.run(Copy.kind, world.write(400, 1), { pausing }))
        yield* until(() => world.view().planned.isFinal)
        expect(yield* resting(() => world.list("to").length)).toBeLessThan(400)
        pausing.resume()
        expect(yield* Fiber.join(running)).toMatchObject({ stored: 400 })
      })
    )
  })

  test("a run under way that is held up goes on where it was", async () => {
    const world = makeWorld(where)
    const [pausing, limits] = [Pausing.make(), Limits.make()]
    const request = { ...world.write(40, 1_000), bwlimit: "off:2k" }
    await Effect.runPromise(
      Effect.gen(function* () {
        const running = yield* Effect.forkChild(world.run(Copy.kind, request, { pausing, limits }))
        yield* until(() => world.list("to").length > 0)
        pausing.pause()
        yield* limits.change({ up: undefined, down: undefined })
        expect(yield* resting(() => world.list("to").length)).toBeLessThan(40)
        pausing.resume()
        expect(yield* Fiber.join(running)).toMatchObject({ stored: 40 })
      })
    )
  })

  test("a limit given before it begins holds, and another one from the moment it is given", async () => {
    const world = makeWorld(where)
    const limits = Limits.make()
    await Effect.runPromise(
      Effect.gen(function* () {
        yield* limits.change({ up: undefined, down: 500 })
        const running = yield* Effect.forkChild(world.run(Copy.kind, world.write(3, 50_000), { limits }))
        yield* until(() => world.view().deeds.stored === 1)
        expect(world.view().finished).toBeUndefined()
        // What the request says, which is nothing.
        yield* limits.change(undefined)
        expect(yield* Fiber.join(running)).toMatchObject({ stored: 3 })
      })
    )
  })

  test.each([
    ["anything", () => true],
    ["the end", ({ event }: Envelope) => event._tag === "Finished"]
  ])(
    "a sink that does not take %s fails the run with SinkFailed, and what is stored is whole",
    async (_, isRefused) => {
      const world = makeWorld(where)
      const sink = (batch: ReadonlyArray<Envelope>) =>
        batch.some(isRefused) ? Effect.fail(new SinkFailed({ message: "full" })) : Effect.void
      const error = await Effect.runPromise(Effect.flip(world.run(Copy.kind, world.write(3, 10), { sink })))
      expect(codeOf(error)).toBe("SinkFailed")
      for (const name of world.list("to")) expect(fs.statSync(world.at(`to/${name}`)).size).toBe(10)
    }
  )
})
