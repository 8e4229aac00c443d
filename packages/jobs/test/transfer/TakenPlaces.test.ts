import * as fs from "node:fs"
import { assert, describe, it } from "@effect/vitest"
import type { Envelope } from "@ourclone/core/events/Envelope"
import { inWords } from "@ourclone/core/testing/Told"
import * as Effect from "effect/Effect"
import * as Copy from "../../src/transfer/Copy.ts"
import * as Sync from "../../src/transfer/Sync.ts"
import { makeWorld } from "../JobWorld.ts"

const makeSides = () => {
  const world = makeWorld()
  const request = { source: world.at("from"), destination: world.at("to") }
  return { world, request }
}

const failures = (events: ReadonlyArray<Envelope>) =>
  events.flatMap(({ event }) => (event._tag === "Failed" ? [event.failure] : []))

describe("a sync to a folder of this machine", () => {
  it.live("stores a file where a folder was, and a folder where a file was, and removes the rest too", () =>
    Effect.gen(function* () {
      const { request, world } = makeSides()
      for (const name of ["to/a/x", "to/a/deep/y", "to/a!", "to/b", "to/extra"]) world.write(name, "old")
      for (const name of ["from/a", "from/b/c", "from/b/deep/d", "from/kept"]) world.write(name, "new")
      world.write("from/large/file", "x".repeat(2_000_000))
      world.write("to/large", "old")
      fs.mkdirSync(world.at("to/empty/deep"), { recursive: true })
      world.write("from/empty", "new")
      const events: Array<Envelope> = []
      const summary = yield* world.run(Sync.kind, request, { events })
      assert.deepInclude(summary, { stored: 6, removed: 6, failed: 0 })
      assert.deepStrictEqual(world.list("to"), ["a", "b/c", "b/deep/d", "empty", "kept", "large/file"])
      const words = events.flatMap(({ event }) => (event._tag === "Progress" ? [] : [inWords(event)]))
      assert.isBelow(words.indexOf("removed a/deep/y"), words.indexOf("stored a"))
      assert.isBelow(words.indexOf("stored kept"), words.indexOf("removed b"))
      assert.isBelow(words.indexOf("stored b/c"), words.indexOf("removed extra"))
      assert.deepInclude(yield* world.run(Sync.kind, request), { stored: 0, removed: 0, failed: 0 })
    })
  )

  it.live("does the same where one of the two is a symbolic link that is stored as one", () =>
    Effect.gen(function* () {
      const { request, world } = makeSides()
      world.write("from/one", "1")
      fs.mkdirSync(world.at("to"))
      fs.symlinkSync("one", world.at("from/was-folder"))
      world.write("to/was-folder/x", "old")
      world.write("from/was-link/y", "new")
      fs.symlinkSync("one", world.at("to/was-link"))
      const summary = yield* world.run(Sync.kind, { ...request, links: true })
      assert.deepInclude(summary, { stored: 3, failed: 0 })
      assert.strictEqual(fs.readlinkSync(world.at("to/was-folder")), "one")
      assert.strictEqual(fs.readFileSync(world.at("to/was-link/y"), "utf8"), "new")
    })
  )

  it.live("leaves what is in the way where a guard stops the removals, and says so of each file", () =>
    Effect.gen(function* () {
      const { request, world } = makeSides()
      for (const name of ["to/a/x", "to/b", "to/extra"]) world.write(name, "old")
      for (const name of ["from/a", "from/b/c", "from/kept"]) world.write(name, "new")
      const events: Array<Envelope> = []
      const error = yield* Effect.flip(world.run(Sync.kind, { ...request, maxDelete: 2 }, { events }))
      assert.strictEqual(error._tag, "GuardStopped")
      assert.deepStrictEqual(world.list("to"), ["a/x", "b", "extra", "kept"])
      assert.sameMembers(
        failures(events).map(({ item }) => item),
        ["a", "b/c"]
      )
    })
  )

  it.live("leaves what is in the way where another file failed", () =>
    Effect.gen(function* () {
      const { request, world } = makeSides()
      for (const name of ["to/a/x", "to/b", "to/extra"]) world.write(name, "old")
      for (const name of ["from/a", "from/b/c", "from/kept"]) world.write(name, "new")
      world.write("from/c", "new")
      world.write("to/c/kept.bak", "old")
      const summary = yield* world.run(Sync.kind, { ...request, exclude: ["*.bak"] })
      assert.deepInclude(summary, { stored: 1, removed: 0, failed: 3, withheld: 3 })
      assert.deepStrictEqual(world.list("to"), ["a/x", "b", "c/kept.bak", "extra", "kept"])
    })
  )
})

describe("a copy to a folder of this machine", () => {
  it.live("fails by name at a file whose place is taken, and removes nothing", () =>
    Effect.gen(function* () {
      const { request, world } = makeSides()
      for (const name of ["to/a/x", "to/b"]) world.write(name, "old")
      for (const name of ["from/a", "from/b/c", "from/kept"]) world.write(name, "new")
      const events: Array<Envelope> = []
      assert.deepInclude(yield* world.run(Copy.kind, request, { events }), { stored: 1, failed: 2 })
      assert.deepStrictEqual(world.list("to"), ["a/x", "b", "kept"])
      assert.isTrue(failures(events).every(({ message }) => message.includes("stands where")))
    })
  )
})
