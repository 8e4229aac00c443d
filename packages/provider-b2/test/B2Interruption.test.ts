import { assert, describe, it } from "@effect/vitest"
import { type ByteSource, fromBytes, smallSize } from "@ourclone/core/contract/ByteSource"
import { makeUnsafe, root } from "@ourclone/core/contract/RemotePath"
import { upload } from "@ourclone/core/engine/Upload"
import { Effect, Fiber, Stream } from "effect"
import { emulate, openAt } from "./emulated.ts"

const at = makeUnsafe
const put = { modifiedAt: 0 }
const size = smallSize + 1_000_000
const first = Buffer.alloc(1_000_000, "x")

/** Gives its first bytes and then nothing, until it is interrupted. */
const stalled = () => {
  const seen = { began: 0, released: 0 }
  const source: ByteSource = {
    size,
    bytes: Effect.never,
    read: () =>
      Stream.concat(
        Stream.succeed(first),
        Stream.fromEffect(
          Effect.andThen(
            Effect.sync(() => void seen.began++),
            Effect.never
          )
        )
      ).pipe(Stream.ensuring(Effect.sync(() => void seen.released++)))
  }
  return { seen, source }
}

const setUp = Effect.gen(function* () {
  const emulator = yield* emulate()
  const provider = yield* openAt(emulator, "photo-archive")
  yield* provider.buckets!.create("photo-archive")
  return { emulator, provider }
})

const wait = (milliseconds: number) => Effect.promise(() => new Promise((resolve) => setTimeout(resolve, milliseconds)))

/** Waits for what happens sooner or later. */
const until = <E>(condition: Effect.Effect<boolean, E>): Effect.Effect<void, E> =>
  Effect.flatMap(condition, (holds) => (holds ? Effect.void : Effect.andThen(wait(5), until(condition))))

describe("interruption", () => {
  it.live("ends an upload at once whose source has stalled, and lets the source go", () =>
    Effect.gen(function* () {
      const { emulator, provider } = yield* setUp
      const { seen, source } = stalled()
      const fiber = yield* Effect.forkChild(provider.put(at("a"), source, put))
      yield* until(Effect.sync(() => seen.began === 1))
      yield* Fiber.interrupt(fiber)
      assert.strictEqual(seen.released, 1)
      assert.strictEqual(emulator.versionCount(), 0)
      yield* provider.put(at("a"), fromBytes(Buffer.from("hello")), put)
      assert.lengthOf(yield* Stream.runCollect(provider.list(root)), 1)
    })
  )

  it.live("of an upload in parts leaves what the next run goes on with", () =>
    Effect.gen(function* () {
      const { emulator, provider } = yield* setUp
      const bytes = Buffer.alloc(9000, "0123456789")
      const { createHash } = yield* Effect.promise(() => import("node:crypto"))
      const sum = (from: number, to: number) => createHash("sha1").update(bytes.subarray(from, to)).digest("hex")
      const source = (stall: boolean): ByteSource => ({
        ...fromBytes(bytes),
        digest: (partSize = 9000) =>
          Effect.succeed({
            algorithm: "sha1",
            whole: sum(0, 9000),
            parts: Array.from({ length: 9 }, (_, n) => sum(n * partSize, (n + 1) * partSize))
          }),
        read: (range) => (stall && range!.offset >= 4000 ? Stream.never : fromBytes(bytes).read(range))
      })
      const options = { modifiedAt: 5, partConcurrency: 3 }
      const fiber = yield* Effect.forkChild(upload(provider, at("big"), source(true), options))
      const stored = Effect.gen(function* () {
        const [file] = yield* Stream.runCollect(provider.largeFile!.unfinished(root))
        return file === undefined ? [] : yield* Stream.runCollect(provider.largeFile!.parts(file))
      })
      yield* until(Effect.map(stored, ({ length }) => length === 4))
      yield* Fiber.interrupt(fiber)
      emulator.log?.reset()
      const file = yield* upload(provider, at("big"), source(false), options)
      assert.lengthOf(emulator.log?.requests("b2_upload_part") ?? [], 5)
      assert.isTrue(Buffer.from(yield* provider.readAll(file)).equals(bytes))
      assert.deepStrictEqual(yield* Stream.runCollect(provider.largeFile!.unfinished(root)), [])
    })
  )

  it.live("of a download ends its connection, and the next download is whole", () =>
    Effect.gen(function* () {
      const { provider } = yield* setUp
      const bytes = Buffer.alloc(20_000_000, "0123456789")
      const file = yield* provider.put(at("a"), { ...fromBytes(bytes), read: () => Stream.fromIterable([bytes]) }, put)
      for (let round = 0; round < 5; round++) {
        const fiber = yield* Effect.forkChild(
          Stream.runForEachArray(provider.read(file), () => Effect.sleep("20 millis"))
        )
        yield* wait(10 + round * 17)
        yield* Fiber.interrupt(fiber)
      }
      const pieces = yield* Stream.runCollect(provider.read(file))
      assert.isTrue(Buffer.concat(pieces).equals(bytes))
    })
  )
})
