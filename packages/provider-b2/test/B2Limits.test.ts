import { assert, describe, it } from "@effect/vitest"
import { fromBytes } from "@ourclone/core/contract/ByteSource"
import { makeUnsafe } from "@ourclone/core/contract/RemotePath"
import { Effect, Stream } from "effect"
import { emulate, openAt } from "./emulated.ts"

describe("the most connections to a server", () => {
  it.live("hold for downloads too: forty at once go over two connections", () =>
    Effect.gen(function* () {
      const emulator = yield* emulate()
      const provider = yield* openAt(emulator, "photo-archive", { maxConcurrency: 2 })
      const content = Buffer.alloc(200_000, 7)
      const file = yield* provider.put(makeUnsafe("a"), fromBytes(content), { modifiedAt: 1 })
      const sockets = () => process.getActiveResourcesInfo().filter((resource) => resource === "TCPSocketWrap").length
      const before = sockets()
      let most = 0
      const read = Stream.runForEach(provider.read(file), () =>
        Effect.sync(() => {
          most = Math.max(most, sockets() - before)
        })
      )
      yield* Effect.all(
        Array.from({ length: 40 }, () => read),
        { concurrency: "unbounded", discard: true }
      )
      // Both ends of each connection are in this process.
      assert.isAtMost(most, 4)
    })
  )

  it.live("are given up by a download that is interrupted before it began", () =>
    Effect.gen(function* () {
      const emulator = yield* emulate()
      const provider = yield* openAt(emulator, "photo-archive", { maxConcurrency: 1 })
      const file = yield* provider.put(makeUnsafe("a"), fromBytes(Buffer.alloc(3_000_000, 7)), { modifiedAt: 1 })
      for (let round = 0; round < 20; round++) {
        const reads = Array.from({ length: 5 }, () => Stream.runDrain(Stream.take(provider.read(file), 1)))
        yield* Effect.timeoutOption(Effect.all(reads, { concurrency: "unbounded", discard: true }), round % 4)
      }
      assert.strictEqual((yield* Stream.runCollect(provider.read(file))).length > 0, true)
    })
  )
})
