/** A destination that does not tell letter cases apart. */
import * as fs from "node:fs"
import { assert, describe, it } from "@effect/vitest"
import type { Envelope } from "@ourclone/core/events/Envelope"
import * as Effect from "effect/Effect"
import { kind as check } from "../../src/transfer/Check.ts"
import { kind as copy } from "../../src/transfer/Copy.ts"
import { kind as sync } from "../../src/transfer/Sync.ts"
import { makeOneCaseWorld } from "../OneCaseWorld.ts"

const make = () => {
  const world = makeOneCaseWorld()
  const write = (name: string, content: string, millis: number) => {
    world.write(name, content)
    fs.utimesSync(world.at(name), millis / 1000, millis / 1000)
  }
  const request = { source: world.at("from"), destination: world.at("ci") }
  return { world, write, request }
}

const hour = 3_600_000

describe("where letter case does not count", () => {
  it.live("a file that is there in another letter case is the same file", () =>
    Effect.gen(function* () {
      const { request, world, write } = make()
      write("from/A.TXT", "one", hour)
      write("from/D/b", "two", hour)
      write("ci/a.txt", "one", hour)
      write("ci/d/B", "two", hour)
      for (const kind of [copy, sync]) {
        const asked = { ...request, backupDir: world.at("aside") }
        assert.deepInclude(yield* world.run(kind, asked), { stored: 0, same: 2, removed: 0 })
        assert.isFalse(fs.existsSync(world.at("aside")))
      }
      const events: Array<Envelope> = []
      const counts = yield* world.run(check, request, { events })
      assert.deepStrictEqual(counts, { same: 2, different: 0, onlySource: 0, onlyDestination: 0, unreadable: 0 })
      assert.deepStrictEqual(world.list("ci"), ["a.txt", "d/B"])
    })
  )

  it.live("a file that is another there is replaced, kept aside before, and then the same", () =>
    Effect.gen(function* () {
      const { request, world, write } = make()
      write("from/A.TXT", "one", hour)
      write("ci/a.txt", "before", hour)
      write("ci/extra", "x", hour)
      const found = yield* world.run(check, request)
      assert.deepStrictEqual(found, { same: 0, different: 1, onlySource: 0, onlyDestination: 1, unreadable: 0 })
      const asked = { ...request, backupDir: world.at("aside") }
      assert.deepInclude(yield* world.run(copy, asked), { stored: 1 })
      assert.deepInclude(yield* world.run(copy, asked), { stored: 0, same: 1 })
      assert.deepStrictEqual(world.list("ci"), ["a.txt", "extra"])
      assert.strictEqual(fs.readFileSync(world.at("ci/a.txt"), "utf8"), "one")
      assert.deepStrictEqual(
        world.list("aside").map((name) => fs.readFileSync(world.at(`aside/${name}`), "utf8")),
        ["before"]
      )
    })
  )

  it.live("a file that is there in another letter case is not replaced where nothing may be", () =>
    Effect.gen(function* () {
      const { request, world, write } = make()
      write("from/A.TXT", "one", hour)
      write("ci/a.txt", "before", hour)
      assert.deepInclude(yield* world.run(copy, { ...request, immutable: true }), { stored: 0, failed: 1 })
      assert.deepInclude(yield* world.run(copy, { ...request, ignoreExisting: true }), { stored: 0, failed: 0 })
      assert.strictEqual(fs.readFileSync(world.at("ci/a.txt"), "utf8"), "before")
    })
  )
})
