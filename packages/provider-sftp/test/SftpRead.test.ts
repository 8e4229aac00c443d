/** A server that does not answer what it is asked for, as long as it is asked whether it is there. */
import { assert, it } from "@effect/vitest"
import { at } from "@ourclone/core/testing/Check"
import { Effect, Fiber, Stream } from "effect"
import { TestClock } from "effect/testing"
import type { SFTPWrapper } from "ssh2"
import type { Call, SftpConnection } from "../src/connection/SftpConnection.ts"
import * as SftpFile from "../src/place/SftpFile.ts"
import * as SftpRead from "../src/reading/SftpRead.ts"

const size = 3_000_000
const stats = { mode: 0o100644, mtime: 1, size }
const file = SftpFile.fileOf(at("a"), stats)

/** Answers `answered` bytes, and is silent after them. */
const connection = (answered: number): SftpConnection => {
  let left = answered
  const told = (...[, done]: [unknown, (error: undefined, value: typeof stats) => void]) => done(undefined, stats)
  const sftp = {
    lstat: told,
    fstat: told,
    read: (...args: [unknown, Buffer, number, number, number, (error: undefined, count: number) => void]) => {
      const [, , , length, , done] = args
      if (left < length) return
      left -= length
      done(undefined, length)
    }
  } as unknown as SFTPWrapper
  const call = <A>(made: Call<A>) =>
    Effect.callback<A>((resume) => made(sftp, (_, value) => resume(Effect.succeed(value))))
  const handle = { sftp, handle: Buffer.alloc(1) }
  return {
    hostId: "host",
    extensions: new Set(),
    limits: { read: 32_768, write: 32_768 },
    call: (_, made) => call(made),
    readdir: () => Effect.succeed([]),
    on: (_, __, made) => call(made),
    onPatiently: (_, __, made) => call(made),
    open: () => Effect.succeed(handle),
    withFile: (_, __, ___, use) => use(handle)
  }
}

const place = { name: "sftp:", root: "" }

for (const [what, read] of [
  ["as a stream", (answered: number) => Stream.runDrain(SftpRead.read(connection(answered), place)(file))],
  ["at once", (answered: number) => SftpRead.readAll(connection(answered), place)(file)]
] as const) {
  it.effect(`reading ${what} is given up where nothing comes any more, though the connection is there`, () =>
    Effect.gen(function* () {
      yield* read(size)
      const fiber = yield* Effect.forkChild(Effect.flip(Effect.asVoid(read(1_500_000))))
      yield* TestClock.adjust("5 minutes")
      const error = yield* Fiber.join(fiber)
      assert.strictEqual(error.reason._tag, "Unavailable")
      assert.include(error.message, "too slowly")
    })
  )
}
