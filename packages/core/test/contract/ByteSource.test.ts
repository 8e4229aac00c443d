import { assert, describe, it } from "@effect/vitest"
import * as ByteSource from "@ourclone/core/contract/ByteSource"
import { Effect, Stream } from "effect"

const textOf = (pieces: Iterable<Uint8Array>) => Buffer.concat([...pieces]).toString()

describe("a slice of a source", () => {
  it.effect("has its own beginning, for all of it and for a range of it", () =>
    Effect.gen(function* () {
      const slice = ByteSource.slice(ByteSource.fromBytes(Buffer.from("0123456789")), { offset: 3, length: 5 })
      assert.strictEqual(slice.size, 5)
      assert.strictEqual(textOf([yield* slice.bytes]), "34567")
      assert.strictEqual(textOf(yield* Stream.runCollect(slice.read())), "34567")
      assert.strictEqual(textOf(yield* Stream.runCollect(slice.read({ offset: 1, length: 2 }))), "45")
    })
  )
})
