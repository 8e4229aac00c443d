import * as fs from "node:fs"
import { assert, describe, it } from "@effect/vitest"
import type { Envelope } from "@ourclone/core/events/Envelope"
import * as Effect from "effect/Effect"
import { kind } from "../../src/twoway/Bisync.ts"
import { conflictName } from "../../src/twoway/ConflictName.ts"
import { makeWorld } from "../JobWorld.ts"

const make = () => {
  const world = makeWorld()
  fs.mkdirSync(world.at("a"))
  fs.mkdirSync(world.at("b"))
  let clock = Date.UTC(2026, 0, 1)
  return {
    world,
    request: { first: world.at("a"), second: world.at("b") },
    /** Each write is a minute later than the one before. */
    write: (name: string, content: string) => {
      world.write(name, content)
      clock += 60_000
      fs.utimesSync(world.at(name), clock / 1000, clock / 1000)
    },
    read: (name: string) => fs.readFileSync(world.at(name), "utf8"),
    remove: (name: string) => fs.rmSync(world.at(name)),
    both: () => {
      assert.deepStrictEqual(world.list("a"), world.list("b"))
      return world.list("a")
    }
  }
}

describe("bisync", () => {
  it.live("brings what is new, changed or removed on one side to the other", () =>
    Effect.gen(function* () {
      const { both, read, remove, request, world, write } = make()
      write("a/one", "1")
      write("a/d/two", "2")
      write("b/three", "3")
      assert.deepInclude(yield* world.run(kind, request), { stored: 3, removed: 0, failed: 0 })
      assert.deepStrictEqual(both(), ["d/two", "one", "three"])
      write("b/one", "1 again")
      write("a/three", "3 again")
      remove("a/d/two")
      assert.deepInclude(yield* world.run(kind, request), { stored: 2, removed: 1, failed: 0, conflicts: 0 })
      assert.deepStrictEqual(both(), ["one", "three"])
      assert.deepStrictEqual([read("a/one"), read("b/three")], ["1 again", "3 again"])
      assert.isFalse(fs.existsSync(world.at("b/d")))
      assert.deepInclude(yield* world.run(kind, request), { stored: 0, removed: 0, same: 2 })
    })
  )

  it.live("knows the pair in either order", () =>
    Effect.gen(function* () {
      const { both, remove, request, world, write } = make()
      write("a/one", "1")
      yield* world.run(kind, request)
      remove("b/one")
      yield* world.run(kind, { first: request.second, second: request.first, allowEmptySource: true })
      assert.deepStrictEqual(both(), [])
    })
  )

  it.live("removes nothing in a first run, nor after resync", () =>
    Effect.gen(function* () {
      const { both, remove, request, world, write } = make()
      write("a/one", "1")
      write("a/two", "2")
      yield* world.run(kind, request)
      remove("b/one")
      assert.deepInclude(yield* world.run(kind, { ...request, resync: true }), { stored: 1, removed: 0 })
      assert.deepStrictEqual(both(), ["one", "two"])
    })
  )

  it.live("keeps what was changed on one side and removed on the other", () =>
    Effect.gen(function* () {
      const { both, read, remove, request, world, write } = make()
      write("a/one", "1")
      write("a/two", "2")
      yield* world.run(kind, request)
      remove("a/one")
      write("b/one", "changed")
      yield* world.run(kind, request)
      assert.deepStrictEqual(both(), ["one", "two"])
      assert.strictEqual(read("a/one"), "changed")
    })
  )

  it.live("keeps both versions of what was changed on both sides, the newer one under its name", () =>
    Effect.gen(function* () {
      const { both, read, request, world, write } = make()
      write("a/notes.txt", "old")
      yield* world.run(kind, request)
      write("b/notes.txt", "of b")
      const older = fs.statSync(world.at("b/notes.txt")).mtimeMs
      write("a/notes.txt", "of a")
      const events: Array<Envelope> = []
      assert.deepInclude(yield* world.run(kind, request, { events }), { conflicts: 1, failed: 0 })
      const name = conflictName("notes.txt" as never, older)
      assert.strictEqual(name, "notes (conflict 2026-01-01 00.02.00).txt")
      assert.deepStrictEqual(both(), [name, "notes.txt"])
      for (const side of ["a", "b"]) {
        assert.deepStrictEqual([read(`${side}/notes.txt`), read(`${side}/${name}`)], ["of a", "of b"])
      }
      const notes = events.flatMap(({ event }) => (event._tag === "Note" ? [event.message] : []))
      assert.deepStrictEqual(notes, [`"notes.txt" was changed on both sides: the older version is kept as "${name}"`])
      assert.deepInclude(yield* world.run(kind, request), { stored: 0, removed: 0, conflicts: 0 })
    })
  )

  it.live("takes the same bytes on both sides for no conflict, whatever their times", () =>
    Effect.gen(function* () {
      const { both, request, world, write } = make()
      write("a/one", "the same")
      write("b/one", "the same")
      assert.deepInclude(yield* world.run(kind, request), { stored: 0, conflicts: 0, same: 1 })
      assert.deepStrictEqual(both(), ["one"])
    })
  )

  it.live("is stopped by a side that is empty where both had files, and by too many removals", () =>
    Effect.gen(function* () {
      const { remove, request, world, write } = make()
      for (const name of ["one", "two", "three"]) write(`a/${name}`, name)
      yield* world.run(kind, request)
      fs.renameSync(world.at("a"), world.at("elsewhere"))
      fs.mkdirSync(world.at("a"))
      assert.strictEqual((yield* Effect.flip(world.run(kind, request)))._tag, "GuardStopped")
      assert.deepStrictEqual(world.list("b"), ["one", "three", "two"])
      fs.rmdirSync(world.at("a"))
      fs.renameSync(world.at("elsewhere"), world.at("a"))
      remove("a/one")
      remove("a/two")
      assert.strictEqual((yield* Effect.flip(world.run(kind, { ...request, maxDelete: 1 })))._tag, "GuardStopped")
      assert.deepStrictEqual(world.list("b"), ["one", "three", "two"])
      assert.deepInclude(yield* world.run(kind, request), { removed: 2 })
    })
  )

  it.live("takes nothing for removed that a filter leaves out, or that can not be read", () =>
    Effect.gen(function* () {
      const { request, world, write } = make()
      write("a/keep.bak", "x")
      write("a/d/inner", "y")
      write("a/other", "z")
      yield* world.run(kind, request)
      assert.deepInclude(yield* world.run(kind, { ...request, exclude: ["*.bak"] }), { removed: 0 })
      write("a/other", "longer than it was")
      assert.deepInclude(yield* world.run(kind, { ...request, maxSize: "5B" }), { removed: 0, stored: 0 })
      fs.renameSync(world.at("a/d"), world.at("moved"))
      fs.symlinkSync(world.at("moved"), world.at("a/d"))
      assert.deepInclude(yield* world.run(kind, request), { removed: 0, skipped: 1 })
      assert.deepStrictEqual(world.list("b"), ["d/inner", "keep.bak", "other"])
    })
  )

  it.live("does nothing of what it shows beforehand", () =>
    Effect.gen(function* () {
      const { remove, request, world, write } = make()
      write("a/one", "1")
      write("a/two", "2")
      yield* world.run(kind, request)
      remove("a/one")
      write("b/new", "3")
      const events: Array<Envelope> = []
      assert.deepInclude(yield* world.run(kind, request, { events, isPreview: true }), { stored: 1, removed: 1 })
      const told = events.flatMap(({ event }) => (event._tag === "Would" ? [`${event.deed} ${event.item}`] : []))
      assert.sameMembers(told, ["stored new", "removed one"])
      assert.deepStrictEqual([world.list("a"), world.list("b")], [["two"], ["new", "one", "two"]])
      assert.deepInclude(yield* world.run(kind, request), { stored: 1, removed: 1 })
    })
  )

  it.live("foretells of conflicts what is then done", () =>
    Effect.gen(function* () {
      const { request, world, write } = make()
      write("a/one", "of a")
      write("b/one", "of b, longer")
      write("a/new", "new")
      const older = conflictName("one" as never, fs.statSync(world.at("a/one")).mtimeMs)
      const events: Array<Envelope> = []
      const foretold = yield* world.run(kind, request, { events, isPreview: true })
      const told = events.flatMap(({ event }) => (event._tag === "Would" ? [`${event.item} ${event.bytes}`] : []))
      assert.sameMembers(told, ["new 3", "one 12", `${older} 4`])
      assert.deepStrictEqual([world.list("a"), world.list("b")], [["new", "one"], ["one"]])
      const planned = events.flatMap(({ event }) => (event._tag === "Planned" ? [[event.files, event.bytes]] : []))
      assert.deepStrictEqual(planned, [[3, 19]])
      assert.deepStrictEqual({ ...(yield* world.run(kind, request)) }, foretold)
      assert.deepInclude(foretold, { stored: 3, storedBytes: 19, conflicts: 1 })
    })
  )

  it.live("makes no folder whose name may be mistyped, and takes it for none that was emptied", () =>
    Effect.gen(function* () {
      const { request, world, write } = make()
      write("a/one", "1")
      for (const isPreview of [true, false]) {
        for (const mistyped of [
          { first: request.first, second: world.at("c") },
          { first: world.at("c"), second: request.first },
          { first: world.at("c"), second: world.at("d"), allowEmptySource: true }
        ]) {
          const error = yield* Effect.flip(world.run(kind, mistyped, { isPreview }))
          assert.match(error.message, /no such folder/)
        }
      }
      yield* world.run(kind, request)
      fs.renameSync(world.at("b"), world.at("elsewhere"))
      assert.match((yield* Effect.flip(world.run(kind, request))).message, /no such folder/)
      assert.deepStrictEqual(world.list("a"), ["one"])
      assert.deepStrictEqual(
        fs.readdirSync(world.at(".")).filter((name) => /^[bcd]$/.test(name)),
        []
      )
      yield* world.run(kind, { ...request, allowEmptySource: true })
      assert.deepStrictEqual(world.list("a"), [])
    })
  )

  it.live("refuses two folders of which one lies in the other", () =>
    Effect.gen(function* () {
      const { request, world } = make()
      const error = yield* Effect.flip(world.run(kind, { ...request, second: `${request.first}/inner` }))
      assert.strictEqual(error._tag, "GuardStopped")
    })
  )
})
