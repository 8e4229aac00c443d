import * as fs from "node:fs"
import { describe, expect, it } from "@effect/vitest"
import { Remotes } from "@ourclone/core/configuration/Remotes"
import * as DestinationLock from "@ourclone/core/engine/DestinationLock"
import type { Envelope } from "@ourclone/core/events/Envelope"
import * as RunView from "@ourclone/core/events/RunView"
import { inWords } from "@ourclone/core/testing/Told"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Scope from "effect/Scope"
import * as Remove from "../../src/storage/Remove.ts"
import * as Check from "../../src/transfer/Check.ts"
import * as Copy from "../../src/transfer/Copy.ts"
import * as Move from "../../src/transfer/Move.ts"
import * as Sync from "../../src/transfer/Sync.ts"
import { makeWorld } from "../JobWorld.ts"

const words = (events: ReadonlyArray<Envelope>): ReadonlyArray<string> =>
  events.flatMap(({ event }) =>
    event._tag === "Progress" || event._tag === "Planned" || event._tag === "Step" ? [] : [inWords(event)]
  )

describe("a sync", () => {
  it.live("ends every item once, counts facts without gaps, and finishes last", () =>
    Effect.gen(function* () {
      const world = makeWorld()
      world.write("from/new", "new")
      world.write("to/extra", "extra")
      fs.symlinkSync("new", world.at("from/link"))
      const events: Array<Envelope> = []
      const summary = yield* world.run(Sync.kind, { source: world.at("from"), destination: world.at("to") }, { events })
      expect(summary).toMatchObject({ stored: 1, removed: 1, skipped: 1, failed: 0 })
      expect([...words(events)].sort()).toEqual(["Finished", "removed extra", "skipped link", "stored new"])
      expect(words(events).at(-1)).toBe("Finished")
      const view = events.reduce(RunView.fold, RunView.empty)
      expect(view.isGapless).toBe(true)
      expect(view.planned).toMatchObject({ files: 1, removals: 1, isFinal: true })
      expect(view.finished).toMatchObject({ outcome: "done", summary })
    })
  )

  it.live("tells in a preview what it would do, changes nothing, and needs no lock", () =>
    Effect.gen(function* () {
      const world = makeWorld()
      world.write("from/new", "new")
      world.write("to/extra", "extra")
      const events: Array<Envelope> = []
      const request = { source: world.at("from"), destination: world.at("to") }
      yield* world.run(Sync.kind, request, { events, isPreview: true })
      expect(words(events)).toEqual(["would be removed extra", "would be stored new", "Finished"])
      expect(world.list("to")).toEqual(["extra"])
      expect(fs.existsSync(world.at("state"))).toBe(false)
    })
  )

  it.live("takes times as one that lie no further apart than the request says, and so does a check", () =>
    Effect.gen(function* () {
      const world = makeWorld()
      for (const side of ["from", "to"]) world.write(`${side}/a`, side)
      fs.truncateSync(world.at("from/a"), 2)
      fs.utimesSync(world.at("from/a"), 1_700_000_001, 1_700_000_001)
      fs.utimesSync(world.at("to/a"), 1_700_000_003, 1_700_000_003)
      const request = { source: world.at("from"), destination: world.at("to") }
      const within = { ...request, modifyWindowMillis: 2000 }
      expect(yield* world.run(Check.kind, within)).toMatchObject({ same: 1, different: 0 })
      expect(yield* world.run(Sync.kind, within)).toMatchObject({ stored: 0, same: 1 })
      expect(yield* world.run(Check.kind, { ...request, modifyWindowMillis: 1999 })).toMatchObject({ different: 1 })
      expect(yield* world.run(Sync.kind, request)).toMatchObject({ stored: 1, same: 0 })
    })
  )

  it.live("of an empty source removes nothing unless the request allows it", () =>
    Effect.gen(function* () {
      const world = makeWorld()
      fs.mkdirSync(world.at("from"))
      world.write("to/kept", "kept")
      const request = { source: world.at("from"), destination: world.at("to") }
      const events: Array<Envelope> = []
      const error = yield* Effect.flip(world.run(Sync.kind, request, { events }))
      expect(error).toMatchObject({ _tag: "GuardStopped", guard: "empty source" })
      expect(events.at(-1)?.event).toMatchObject({ _tag: "Finished", outcome: "failed" })
      expect(world.list("to")).toEqual(["kept"])
      yield* world.run(Sync.kind, { ...request, allowEmptySource: true })
      expect(world.list("to")).toEqual([])
    })
  )
})

describe("modes and links, where they are to be kept", () => {
  const modeOf = (file: string) => fs.statSync(file).mode & 0o777

  it.live("come with the files, and a second run moves nothing", () =>
    Effect.gen(function* () {
      const world = makeWorld()
      for (const name of ["plain", "program", "secret"]) world.write(`from/${name}`, name)
      fs.chmodSync(world.at("from/plain"), 0o644)
      fs.chmodSync(world.at("from/program"), 0o755)
      fs.chmodSync(world.at("from/secret"), 0o600)
      fs.symlinkSync("../nowhere", world.at("from/link"))
      const request = { source: world.at("from"), destination: world.at("to"), metadata: true }
      expect(yield* world.run(Sync.kind, request)).toMatchObject({ stored: 4, failed: 0 })
      expect(["plain", "program", "secret"].map((name) => modeOf(world.at(`to/${name}`)))).toEqual([
        0o644, 0o755, 0o600
      ])
      expect(fs.readlinkSync(world.at("to/link"))).toBe("../nowhere")
      expect(yield* world.run(Sync.kind, request)).toMatchObject({ stored: 0, same: 4, failed: 0 })
      expect(yield* world.run(Check.kind, request)).toMatchObject({ same: 4, different: 0 })
    })
  )

  it.live("that alone changed are brought too", () =>
    Effect.gen(function* () {
      const world = makeWorld()
      world.write("from/a", "a")
      fs.symlinkSync("a", world.at("from/link"))
      const request = { source: world.at("from"), destination: world.at("to"), metadata: true }
      yield* world.run(Sync.kind, request)
      fs.chmodSync(world.at("from/a"), 0o700)
      const { mtime } = fs.lstatSync(world.at("from/link"))
      fs.rmSync(world.at("from/link"))
      fs.writeFileSync(world.at("from/link"), "b")
      fs.utimesSync(world.at("from/link"), mtime, mtime)
      expect(yield* world.run(Check.kind, request)).toMatchObject({ different: 2 })
      expect(yield* world.run(Sync.kind, request)).toMatchObject({ stored: 1, touched: 1, failed: 0 })
      expect(modeOf(world.at("to/a"))).toBe(0o700)
      expect(fs.lstatSync(world.at("to/link")).isFile()).toBe(true)
    })
  )

  it.live("stay out of a transfer that was not asked for them", () =>
    Effect.gen(function* () {
      const world = makeWorld()
      world.write("from/a", "a")
      fs.chmodSync(world.at("from/a"), 0o700)
      fs.symlinkSync("a", world.at("from/link"))
      const request = { source: world.at("from"), destination: world.at("to") }
      expect(yield* world.run(Sync.kind, request)).toMatchObject({ stored: 1, skipped: 1 })
      expect(world.list("to")).toEqual(["a"])
      expect(modeOf(world.at("to/a"))).not.toBe(0o700)
    })
  )

  it.live("can not be asked for together with another way for links", () =>
    Effect.gen(function* () {
      const world = makeWorld()
      world.write("from/a", "a")
      const request = { source: world.at("from"), destination: world.at("to"), metadata: true, links: true }
      expect(yield* Effect.flip(world.run(Sync.kind, request))).toMatchObject({ _tag: "StorageError" })
      expect(fs.existsSync(world.at("to"))).toBe(false)
    })
  )
})

describe("a link beside a file that has the name it is stored under", () => {
  it.live("fails by its own name, and the file is the same at the next run", () =>
    Effect.gen(function* () {
      const world = makeWorld()
      world.write("from/two.rclonelink", "x")
      fs.symlinkSync("elsewhere", world.at("from/two"))
      const request = { source: world.at("from"), destination: world.at("to"), links: true }
      const told: Array<Envelope> = []
      expect(yield* world.run(Sync.kind, request, { events: told })).toMatchObject({ stored: 1, failed: 1 })
      expect([...words(told)].sort()).toEqual(["Finished", "failed two", "stored two.rclonelink"])
      expect(yield* world.run(Sync.kind, request)).toMatchObject({ stored: 0, same: 1, failed: 1 })
    })
  )
})

describe("a run that finds another at its destination", () => {
  /** Another run's lock, as long as the scope lasts. */
  const occupy = (world: ReturnType<typeof makeWorld>) =>
    Effect.gen(function* () {
      const remotes = yield* Remotes
      const destination = yield* remotes.open(world.at("to"))
      yield* DestinationLock.acquire({ stateDirectory: world.at("state"), destination, command: "another" })
    }).pipe(Effect.provide(world.layer))

  it.live("fails, and changes nothing", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const world = makeWorld()
        world.write("from/a", "a")
        yield* occupy(world)
        const error = yield* Effect.flip(
          world.run(Copy.kind, { source: world.at("from"), destination: world.at("to") })
        )
        expect(error).toMatchObject({ _tag: "DestinationLockError", reason: { _tag: "Busy" } })
        expect(fs.existsSync(world.at("to"))).toBe(false)
      })
    )
  )

  it.live("waits where the request says so, and tells what for", () =>
    Effect.gen(function* () {
      const world = makeWorld()
      world.write("from/a", "a")
      const other = yield* Scope.make()
      yield* Effect.provideService(occupy(world), Scope.Scope, other)
      const events: Array<Envelope> = []
      const request = { source: world.at("from"), destination: world.at("to"), whenBusy: "wait" } as const
      const fiber = yield* Effect.forkChild(world.run(Copy.kind, request, { events }))
      while (events.length === 0) yield* Effect.sleep(5)
      expect(events[0]?.event).toMatchObject({ _tag: "Waiting", for: "lock" })
      yield* Scope.close(other, Exit.void)
      expect(yield* Fiber.join(fiber)).toMatchObject({ stored: 1 })
    })
  )
})

it.live("a text without a slash at its end means the file, and with one the folder, to every kind", () =>
  Effect.gen(function* () {
    const world = makeWorld()
    world.write("from/a/b", "below")
    const into = { destination: world.at("to") }
    yield* world.run(Copy.kind, { source: `${world.at("from/a")}/`, ...into })
    expect(world.list("to")).toEqual(["b"])
    yield* world.run(Copy.kind, { source: world.at("from/a/b"), ...into })
    const missing = yield* Effect.flip(world.run(Copy.kind, { source: world.at("from/none"), ...into }))
    expect(missing).toMatchObject({ _tag: "StorageError", reason: { _tag: "NotFound" } })
    expect(yield* world.run(Check.kind, { source: world.at("from/a"), ...into })).toMatchObject({
      same: 1,
      different: 0
    })
    yield* world.run(Move.kind, { source: world.at("from/a"), ...into })
    expect(world.list("from")).toEqual([])
    const refused = yield* Effect.flip(world.run(Remove.kind, { path: world.at("to") }))
    expect(refused).toMatchObject({ _tag: "InvalidJob", field: "recursive" })
    yield* world.run(Remove.kind, { path: world.at("to/b") })
    expect(world.list("to")).toEqual([])
  })
)

it.live("a run that interrupts itself is told as a mistake, and as cancelled by nobody", () =>
  Effect.gen(function* () {
    const events: Array<Envelope> = []
    const kind = { ...Copy.kind, run: () => Effect.interrupt }
    const exit = yield* Effect.exit(
      makeWorld().run(kind, { source: "/a", destination: "/b" }, { events, cancelledBy: () => "ann" })
    )
    expect(Exit.hasInterrupts(exit)).toBe(false)
    expect(events.at(-1)?.event).toMatchObject({ _tag: "Finished", outcome: "failed", failure: { code: "Defect" } })
  })
)

it.live("a run that is interrupted tells who cancelled it", () =>
  Effect.gen(function* () {
    const world = makeWorld()
    for (const name of ["a", "b", "c"]) world.write(`from/${name}`, "x".repeat(50_000))
    const request = { source: world.at("from"), destination: world.at("to"), bwlimit: "off:500" }
    const events: Array<Envelope> = []
    const fiber = yield* Effect.forkChild(world.run(Copy.kind, request, { events, cancelledBy: () => "ann" }))
    while (!events.some(({ event }) => event._tag === "Progress" && event.current.length > 0)) yield* Effect.sleep(5)
    yield* Fiber.interrupt(fiber)
    expect(events.at(-1)?.event).toMatchObject({ _tag: "Finished", outcome: "cancelled", by: "ann" })
    expect(world.list("to").filter((name) => fs.statSync(world.at(`to/${name}`)).size !== 50_000)).toEqual([])
  })
)
