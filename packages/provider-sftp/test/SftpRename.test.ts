/** Wherever the connection breaks while a file is replaced, the old one or the new one is there, under its name or beside it. */
import { assert, it } from "@effect/vitest"
import type { StorageError } from "@ourclone/core/contract/StorageError"
import * as Effect from "effect/Effect"
import type { Call, Listed, SftpConnection } from "../src/connection/SftpConnection.ts"
import { type Site, toStorageError } from "../src/connection/SftpErrors.ts"
import { isAside } from "../src/unfinished/AsideName.ts"
import { restored } from "../src/unfinished/SftpAside.ts"
import { renameOver } from "../src/unfinished/SftpRename.ts"

const site: Site = { provider: "test:", operation: "put", path: "a.txt" }
const missing = Object.assign(new Error("No such file"), { code: 2 })
const failure = Object.assign(new Error("Failure"), { code: 4 })

/** A folder on a server that renames over nothing; call number `broken` and those after it never arrive. */
const serverOf = (files: Map<string, string>, broken = Number.POSITIVE_INFINITY) => {
  let calls = 0
  const sftp = {
    rename: (from: string, to: string, done: (error?: Error) => void) => {
      const found = files.get(from)
      if (found === undefined) return done(missing)
      if (files.has(to)) return done(failure)
      files.delete(from)
      files.set(to, found)
      done()
    },
    lstat: (path: string, done: (error: Error | undefined, stats?: object) => void) =>
      files.has(path) ? done(undefined, { mode: 0o100644, mtime: 1, size: 1 }) : done(missing),
    unlink: (path: string, done: (error?: Error) => void) => done(files.delete(path) ? undefined : missing)
  }
  const call = <A>(at: Site, run: Call<A>): Effect.Effect<A, StorageError> =>
    Effect.callback((resume) => {
      if (++calls >= broken) return resume(Effect.fail(toStorageError(at, new Error("the connection broke"))))
      run(sftp as never, (error, value) =>
        resume(error ? Effect.fail(toStorageError(at, error)) : Effect.succeed(value))
      )
    })
  return { calls: () => calls, connection: { extensions: new Set(), call } as unknown as SftpConnection }
}

const listed = (files: ReadonlyMap<string, string>): ReadonlyArray<Listed> =>
  [...files.keys()].map((path) => ({ filename: path.slice(3), attrs: { mode: 0o100644, mtime: 1, size: 1 } }))

it.effect("at no call is neither of them there", () =>
  Effect.gen(function* () {
    const whole = new Map([
      ["/d/a.txt", "old"],
      ["/d/new", "new"]
    ])
    const server = serverOf(whole)
    yield* renameOver(server.connection, site, "/d/new", "/d/a.txt")
    assert.deepStrictEqual([...whole], [["/d/a.txt", "new"]])
    assert.isAbove(server.calls(), 3)
    for (let broken = 1; broken <= server.calls(); broken++) {
      const files = new Map([
        ["/d/a.txt", "old"],
        ["/d/new", "new"]
      ])
      yield* Effect.exit(renameOver(serverOf(files, broken).connection, site, "/d/new", "/d/a.txt"))
      const names = yield* restored(serverOf(files).connection, site, "/d", listed(files))
      const found = files.get("/d/a.txt")
      assert.isTrue(found === "old" || found === "new", `broken at call ${broken}`)
      assert.include(
        names.map(({ filename }) => filename),
        "a.txt"
      )
      assert.isFalse(names.some(({ filename }) => isAside(filename)))
    }
  })
)

it.effect("a name that leaves no room for the old file is refused, and the file stays", () =>
  Effect.gen(function* () {
    const target = `/d/${"n".repeat(250)}`
    const files = new Map([
      [target, "old"],
      ["/d/new", "new"]
    ])
    const error = yield* Effect.flip(renameOver(serverOf(files).connection, site, "/d/new", target))
    assert.strictEqual(error.reason._tag, "InvalidRequest")
    assert.strictEqual(files.get(target), "old")
  })
)
