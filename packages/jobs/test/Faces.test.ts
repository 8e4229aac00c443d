/** Faces that are not the command line, on one process: each run has its own events and limits, and ends whole. */
import * as fs from "node:fs"
import * as path from "node:path"
import { describe, expect, it } from "@effect/vitest"
import * as Repository from "@ourclone/backup/repository/Repository"
import { Remotes } from "@ourclone/core/configuration/Remotes"
import type { Provider } from "@ourclone/core/contract/Provider"
import type { ProviderFactory } from "@ourclone/core/contract/ProviderFactory"
import type { Envelope } from "@ourclone/core/events/Envelope"
import type { Phase } from "@ourclone/core/events/RunEvent"
import * as RunView from "@ourclone/core/events/RunView"
import type { Sink } from "@ourclone/core/events/Tell"
import { factory as local } from "@ourclone/provider-local/LocalProvider"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import { load } from "../src/JobKinds.ts"
import * as Limits from "../src/kind/Limits.ts"
import * as Pausing from "../src/run/Pausing.ts"
import { type JobWorld, makeWorld } from "./JobWorld.ts"
import { secret, serviceFactory } from "./ServiceFactory.ts"

const password = Redacted.make("a password for tests")

const secretsFor = (request: object) =>
  new Map([["repository" in request ? `repository:${request.repository}` : "", password]])

interface Held {
  readonly pausing?: Pausing.Pausing
  readonly limits?: Limits.Limits
}

/** The face that shows everything: it keeps a view of each run. */
const watcher =
  (world: JobWorld) =>
  (type: string, request: object, { limits, pausing }: Held = {}) => {
    const events: Array<Envelope> = []
    const sink: Sink = (batch) => Effect.sync(() => void events.push(...batch))
    const secrets = secretsFor(request)
    const running = Effect.flatMap(load(type), (job) => job.run(request, { sink, secrets, pausing, limits }))
    return { events, running: Effect.provide(running, world.layer) }
  }

/** The face that ends a run as soon as it is in `phase`, in the name of somebody. */
const canceller =
  (world: JobWorld, phase: Phase) =>
  (type: string, request: object, { pausing }: Held = {}) =>
    Effect.gen(function* () {
      const events: Array<Envelope> = []
      let stop: () => void = () => {}
      const sink: Sink = (batch) =>
        Effect.sync(() => {
          events.push(...batch)
          if (batch.some(({ event }) => event._tag === "Progress" && event.phase === phase)) stop()
        })
      const job = yield* load(type)
      const running = job.run(request, { sink, secrets: secretsFor(request), pausing, cancelledBy: () => "ann" })
      const fiber = yield* Effect.forkChild(Effect.provide(running, world.layer))
      stop = () => fiber.interruptUnsafe()
      return { exit: yield* Fiber.await(fiber), events }
    })

const makeRepository = (world: JobWorld, name: string) =>
  Effect.gen(function* () {
    const remotes = yield* Remotes
    const place = yield* remotes.open(world.at(name))
    yield* Repository.init(place, password, { scrypt: { N: 2, r: 8, p: 1 } })
  }).pipe(Effect.scoped, Effect.provide(world.layer))

/** What each file below the folder holds. */
const contentsOf = (world: JobWorld, folder: string): ReadonlyMap<string, string> =>
  new Map(world.list(folder).map((name) => [name, fs.readFileSync(path.join(world.at(folder), name), "latin1")]))

/** Of what was restored: the whole path of a folder lies below the target. */
const restored = (world: JobWorld, target: string, folder: string) =>
  contentsOf(world, path.join(target, world.at(folder)))

const summaryOf = (events: ReadonlyArray<Envelope>): unknown => viewOf(events).finished?.summary

const snapshotOf = (events: ReadonlyArray<Envelope>): string => {
  const summary = summaryOf(events)
  if (typeof summary === "object" && summary !== null && "snapshotId" in summary) return String(summary.snapshotId)
  throw new Error("no snapshot was made")
}

const viewOf = (events: ReadonlyArray<Envelope>) => events.reduce(RunView.fold, RunView.empty)
const itemsOf = (events: ReadonlyArray<Envelope>) =>
  events.flatMap(({ event }) => (event._tag === "Done" ? [event.item] : []))

describe("eight runs at once", () => {
  it.live("each tell of their own work alone, and end whole", () =>
    Effect.gen(function* () {
      const world = makeWorld()
      const start = watcher(world)
      for (const name of ["a", "b", "c"]) {
        for (let file = 0; file < 40; file++) world.write(`from-${name}/${name}${file}`, `${name}${file}`.repeat(500))
      }
      yield* makeRepository(world, "repository")
      const earlier = start("backup", { repository: world.at("repository"), paths: [world.at("from-a")] })
      yield* earlier.running

      const limits = Limits.make()
      const syncs = ["a", "b", "c"].map((name) =>
        start(
          "sync",
          // At a byte a second it would take hours.
          {
            source: world.at(`from-${name}`),
            destination: world.at(`to-${name}`),
            ...(name === "a" ? { bwlimit: "1b" } : {})
          },
          name === "a" ? { limits } : {}
        )
      )
      const backups = ["a", "b", "c"].map((name) =>
        start("backup", { repository: world.at("repository"), paths: [world.at(`from-${name}`)], items: true })
      )
      const restore = (snapshot: string, target: string) =>
        start("restore", { repository: world.at("repository"), snapshot, target: world.at(target) })
      const restores = ["one", "two"].map((name) => restore(snapshotOf(earlier.events), `back-${name}`))
      const [limited, ...others] = [...syncs, ...backups, ...restores]
      const fiber = yield* Effect.forkChild(limited!.running)
      yield* Effect.all(
        others.map(({ running }) => running),
        { concurrency: "unbounded" }
      )
      expect(fiber.pollUnsafe()).toBeUndefined()
      yield* limits.change({ up: undefined, down: undefined })
      yield* Fiber.join(fiber)

      for (const { events } of [limited!, ...others]) {
        const view = viewOf(events)
        expect(view.isGapless).toBe(true)
        expect(view.finished).toMatchObject({ outcome: "done" })
        expect(events.filter(({ event }) => event._tag === "Finished")).toHaveLength(1)
      }
      for (const [index, name] of ["a", "b", "c"].entries()) {
        const items = itemsOf(syncs[index]!.events)
        expect(items).toHaveLength(40)
        expect(items.every((item) => item.startsWith(name))).toBe(true)
        expect(contentsOf(world, `to-${name}`)).toEqual(contentsOf(world, `from-${name}`))
        const backedUp = itemsOf(backups[index]!.events).filter((item) => /\/[abc]\d+$/.test(item))
        expect(backedUp.every((item) => item.includes(`/from-${name}/`))).toBe(true)
        yield* restore(snapshotOf(backups[index]!.events), `again-${name}`).running
        expect(restored(world, `again-${name}`, `from-${name}`)).toEqual(contentsOf(world, `from-${name}`))
      }
      for (const name of ["one", "two"]) {
        expect(restored(world, `back-${name}`, "from-a")).toEqual(contentsOf(world, "from-a"))
      }
    })
  )
})

describe("two runs to one destination", () => {
  it.live("one is turned away by name and the other ends whole, or waits for it where its request says so", () =>
    Effect.gen(function* () {
      const world = makeWorld()
      const start = watcher(world)
      for (let file = 0; file < 30; file++) world.write(`from/${file}`, `${file}`.repeat(2000))
      const request = { source: world.at("from"), destination: world.at("to"), transfers: 1 }
      const pausing = Pausing.make()
      pausing.pause()
      const first = start("copy", request, { pausing })
      const fiber = yield* Effect.forkChild(first.running)
      while (!first.events.some(({ event }) => event._tag === "Planned")) yield* Effect.sleep(1)
      const second = start("copy", request)
      const turnedAway = yield* Effect.flip(second.running)
      expect(turnedAway).toMatchObject({ _tag: "DestinationLockError", reason: { _tag: "Busy" } })
      const third = start("copy", { ...request, whenBusy: "wait" })
      const waiting = yield* Effect.forkChild(third.running)
      while (!third.events.some(({ event }) => event._tag === "Waiting")) yield* Effect.sleep(1)
      pausing.resume()
      yield* Fiber.join(fiber)
      yield* Fiber.join(waiting)
      expect(viewOf(first.events).finished).toMatchObject({ outcome: "done", summary: { stored: 30 } })
      expect(viewOf(third.events).finished).toMatchObject({ outcome: "done", summary: { stored: 0, same: 30 } })
      expect(third.events.some(({ event }) => event._tag === "Waiting" && event.for === "lock")).toBe(true)
    })
  )
})

interface Gate {
  isOpen: boolean
}

/** The local provider, with one of its methods held up while `gate` is closed. */
const slow = (method: "list" | "digest" | "read" | "remove" | "makeDirectory", gate: Gate): ProviderFactory => {
  const pause: Effect.Effect<void> = Effect.suspend(() =>
    gate.isOpen ? Effect.void : Effect.andThen(Effect.sleep(20), pause)
  )
  const slowed = (provider: Provider): Provider => {
    switch (method) {
      case "list":
        return { ...provider, list: (...args) => Stream.tap(provider.list(...args), () => pause) }
      case "read":
        return {
          ...provider,
          read: (...args) => Stream.tap(provider.read(...args), () => pause),
          readAll: (file) => Effect.andThen(pause, provider.readAll(file))
        }
      case "digest":
        return {
          ...provider,
          digest:
            (file) =>
            (...args) =>
              // What it has hashed so far is told by then.
              Effect.tap(provider.digest!(file)(...args), () => pause)
        }
      case "remove":
        return { ...provider, remove: (path) => Effect.andThen(pause, provider.remove(path)) }
      case "makeDirectory":
        return { ...provider, makeDirectory: (path) => Effect.andThen(pause, provider.makeDirectory!(path)) }
    }
  }
  return {
    ...local,
    connect: (values, name) =>
      Effect.map(local.connect(values, name), (account) => ({
        ...account,
        open: (at, given) => Effect.map(account.open(at, given), slowed)
      }))
  }
}

describe("a run that is cancelled", () => {
  it.live.each([
    ["listing", "list"],
    ["comparing", "digest"],
    ["transferring", "read"],
    ["deleting", "remove"],
    ["finishing", "makeDirectory"]
  ] as const)("while it is %s says by whom, leaves whole files, and the next one ends the work", ([phase, method]) =>
    Effect.gen(function* () {
      const gate: Gate = { isOpen: false }
      const world = makeWorld([slow(method, gate)])
      const content = (file: number) => `${file}`.repeat(3_000_000)
      for (let file = 0; file < 6; file++) {
        world.write(`from/${file}`, content(file))
        if (file < 3) world.write(`to/${file}`, content(file))
        world.write(`to/extra${file}`, "extra")
        fs.mkdirSync(world.at(`from/empty${file}`), { recursive: true })
      }
      const request = {
        source: world.at("from"),
        destination: world.at("to"),
        checksum: phase === "comparing",
        transfers: 1
      }
      const bystander = watcher(world)("copy", { source: world.at("from"), destination: world.at("bystander") })
      const other = yield* Effect.forkChild(bystander.running)
      const { events, exit } = yield* canceller(world, phase)("sync", request)
      gate.isOpen = true
      expect(Exit.hasInterrupts(exit)).toBe(true)
      expect(events.at(-1)?.event).toMatchObject({ _tag: "Finished", outcome: "cancelled", by: "ann" })
      expect(viewOf(events).isGapless).toBe(true)
      for (const name of world.list("to")) {
        if (/^\d$/.test(name)) expect(fs.readFileSync(world.at(`to/${name}`), "utf8")).toBe(content(Number(name)))
      }
      yield* Fiber.join(other)
      expect(viewOf(bystander.events).finished).toMatchObject({ outcome: "done" })
      yield* watcher(world)("sync", request).running
      expect(contentsOf(world, "to")).toEqual(contentsOf(world, "from"))
    })
  )

  it.live("while a large file is hashed says by whom, and the next one ends the work", () =>
    Effect.gen(function* () {
      const gate: Gate = { isOpen: false }
      const world = makeWorld([slow("digest", gate), serviceFactory()])
      fs.writeFileSync(world.at("config.toml"), `[remotes.store]\ntype = "service"\nkey = "${secret}"\n`, {
        mode: 0o600
      })
      world.write("from/large", "0123456789abcdef".repeat(2_500_000))
      const request = { source: world.at("from"), destination: "store:bucket" }
      yield* Effect.gen(function* () {
        const { events, exit } = yield* canceller(world, "hashing")("copy", request)
        gate.isOpen = true
        expect(Exit.hasInterrupts(exit)).toBe(true)
        expect(events.at(-1)?.event).toMatchObject({ _tag: "Finished", outcome: "cancelled", by: "ann" })
        yield* watcher(world)("copy", request).running
        yield* watcher(world)("copy", { source: "store:bucket", destination: world.at("back") }).running
        expect(contentsOf(world, "back")).toEqual(contentsOf(world, "from"))
      }).pipe(Effect.provide(world.layer))
    })
  )

  /** Longer than a gauge takes to be told, so that each phase that is waited in is. */
  const slowly = (): Pausing.Pausing => ({ ...Pausing.make(), isHeld: () => true, open: Effect.sleep(250) })

  it.live.each([
    ["backup", "transferring"],
    ["restore", "transferring"],
    ["restore", "verifying"]
  ] as const)("a %s, while it is %s, says by whom, and the next one ends the work", ([type, phase]) =>
    Effect.gen(function* () {
      const world = makeWorld()
      const folders = ["from", "from/b", "from/b/c", "from/b/c/d", "from/b/c/d/e"]
      for (const folder of folders) world.write(`${folder}/file`, `${folder}`.repeat(10_000))
      yield* makeRepository(world, "repository")
      const repository = world.at("repository")
      const backup = { repository, paths: [world.at("from")] }
      const restore = (snapshot: string) => ({ repository, snapshot, target: world.at("back"), verify: true })
      if (type === "restore") yield* watcher(world)("backup", backup).running
      const request = type === "backup" ? backup : restore("latest")
      const { events, exit } = yield* canceller(world, phase)(type, request, { pausing: slowly() })
      expect(Exit.hasInterrupts(exit)).toBe(true)
      expect(events.at(-1)?.event).toMatchObject({ _tag: "Finished", outcome: "cancelled", by: "ann" })
      expect(viewOf(events).isGapless).toBe(true)
      const checked = watcher(world)("checkRepository", { repository, readData: true })
      yield* checked.running
      expect(summaryOf(checked.events)).toMatchObject({ errors: 0 })
      const again = watcher(world)("backup", backup)
      yield* again.running
      yield* watcher(world)("restore", restore(snapshotOf(again.events))).running
      expect(restored(world, "back", "from")).toEqual(contentsOf(world, "from"))
    })
  )
})
