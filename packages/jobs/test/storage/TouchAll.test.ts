import * as fs from "node:fs"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { kind } from "../../src/storage/Touch.ts"
import { makeWorld } from "../JobWorld.ts"

describe("touch of a folder", () => {
  it.live("gives all its files the time that is said, and makes none", () =>
    Effect.gen(function* () {
      const world = makeWorld()
      for (const name of ["a/one", "a/deep/er/two", "beside"]) world.write(name, name)
      const modifiedAt = Date.UTC(2024, 1, 29)
      const request = { path: world.at("a"), recursive: true, modifiedAt }
      assert.deepStrictEqual({ ...(yield* world.run(kind, request)) }, { made: false, touched: 2, failed: 0 })
      const timeOf = (name: string) => fs.statSync(world.at(name)).mtimeMs
      assert.deepStrictEqual([timeOf("a/one"), timeOf("a/deep/er/two")], [modifiedAt, modifiedAt])
      assert.notStrictEqual(timeOf("beside"), modifiedAt)
      assert.deepStrictEqual(world.list("a"), ["deep/er/two", "one"])
    })
  )

  it.live("fails where there is no such folder", () =>
    Effect.gen(function* () {
      const world = makeWorld()
      const error = yield* Effect.flip(world.run(kind, { path: world.at("none"), recursive: true }))
      assert.match(error.message, /no such/)
      assert.isFalse(fs.existsSync(world.at("none")))
    })
  )
})
