import * as fs from "node:fs"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Check from "../../src/transfer/Check.ts"
import * as Copy from "../../src/transfer/Copy.ts"
import * as Move from "../../src/transfer/Move.ts"
import { makeWorld } from "../JobWorld.ts"

/** A file of the kernel that states a size of 0. */
const file = "/proc/version"
const isThere = process.platform === "linux" && fs.existsSync(file)

describe("a file that states a size of 0 and holds something", () => {
  it.live.skipIf(!isThere)("is copied as it is read, once", () =>
    Effect.gen(function* () {
      const world = makeWorld()
      const request = { source: file, destination: world.at("to") }
      const content = fs.readFileSync(file, "utf8")
      const summary = yield* world.run(Copy.kind, request)
      assert.deepInclude(summary, { stored: 1, storedBytes: content.length })
      assert.strictEqual(fs.readFileSync(world.at("to/version"), "utf8"), content)
      assert.deepInclude(yield* world.run(Copy.kind, request), { stored: 0, same: 1 })
      assert.deepInclude(yield* world.run(Check.kind, request), { same: 1 })
    })
  )

  it.live.skipIf(!isThere)("is not the same as an empty file, by time, size or checksum", () =>
    Effect.gen(function* () {
      const world = makeWorld()
      world.write("to/version", "")
      const { atime, mtime } = fs.statSync(file)
      fs.utimesSync(world.at("to/version"), atime, mtime)
      const request = { source: file, destination: world.at("to") }
      for (const by of [{}, { sizeOnly: true }, { checksum: true }]) {
        assert.deepInclude(yield* world.run(Check.kind, { ...request, ...by }), { same: 0, different: 1 })
      }
      assert.deepInclude(yield* world.run(Copy.kind, request), { stored: 1 })
    })
  )

  it.live.skipIf(!isThere)("is brought whole by a move, before its source may go", () =>
    Effect.gen(function* () {
      const world = makeWorld()
      yield* world.run(Move.kind, { source: file, destination: world.at("to") })
      assert.strictEqual(fs.readFileSync(world.at("to/version"), "utf8"), fs.readFileSync(file, "utf8"))
    })
  )
})
