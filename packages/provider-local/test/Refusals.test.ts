import fs from "node:fs"
import { syncBuiltinESMExports } from "node:module"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Place from "../src/place/LocalPlace.ts"
import * as Refusals from "../src/place/Refusals.ts"
import { at, modifiedAt, source, withProvider } from "./TemporaryFolder.ts"

const failWith = (code: string) => (): never => {
  throw Object.assign(new Error(`${code}: refused`), { code })
}

/** With a system whose `fchmod` fails with `code`. */
const withChmod = <A, E>(code: string, use: Effect.Effect<A, E>) =>
  Effect.acquireUseRelease(
    Effect.sync(() => {
      const { fchmodSync } = fs
      fs.fchmodSync = failWith(code)
      syncBuiltinESMExports()
      return fchmodSync
    }),
    () => use,
    (before) =>
      Effect.sync(() => {
        fs.fchmodSync = before
        syncBuiltinESMExports()
      })
  )

describe("a file system that refuses permissions", () => {
  it.live(
    "gets the bytes of changed files all the same, and that is remarked once",
    withProvider(function* (provider, root) {
      for (const path of ["a", "b"]) {
        yield* provider.put(at(path), source("old"), { modifiedAt })
        fs.chmodSync(`${root}/${path}`, 0o750)
      }
      assert.deepStrictEqual(provider.remarks!(), [])
      yield* withChmod(
        "EPERM",
        Effect.forEach(["a", "b"], (path) => provider.put(at(path), source("new one"), { modifiedAt }))
      )
      for (const path of ["a", "b"]) assert.strictEqual(fs.readFileSync(`${root}/${path}`, "utf8"), "new one")
      assert.deepStrictEqual(
        provider.remarks!().map(({ code }) => code),
        ["permissionsNotKept"]
      )
    })
  )

  it.live(
    "stores nothing where setting them fails for another reason",
    withProvider(function* (provider, root) {
      yield* provider.put(at("a"), source("old"), { modifiedAt })
      fs.chmodSync(`${root}/a`, 0o750)
      yield* Effect.flip(withChmod("EIO", provider.put(at("a"), source("new one"), { modifiedAt })))
      assert.strictEqual(fs.readFileSync(`${root}/a`, "utf8"), "old")
    })
  )

  it("or times, is remarked by a stable code", () => {
    const refusals = Refusals.make(Place.make({ root: "/there" }))
    for (const code of ["ENOTSUP", "EPERM"]) refusals.allow("times", failWith(code))
    assert.throws(() => refusals.allow("times", failWith("EIO")))
    assert.deepStrictEqual(
      refusals.remarks().map(({ code }) => code),
      ["timesNotKept"]
    )
    assert.match(refusals.remarks()[0]?.message ?? "", /^\/there: times can not be set there/)
  })
})
