import { assert, describe, it } from "@effect/vitest"
import * as ByteSource from "@ourclone/core/contract/ByteSource"
import type { Provider } from "@ourclone/core/contract/Provider"
import { compare, makeUnsafe } from "@ourclone/core/contract/RemotePath"
import * as Cut from "@ourclone/core/engine/Cut"
import * as Plan from "@ourclone/core/engine/Plan"
import * as KeyRange from "@ourclone/core/layers/KeyRange"
import * as MemoryProvider from "@ourclone/core/testing/MemoryProvider"
import { Effect, Stream } from "effect"

const put = (provider: Provider, path: string, text = path) =>
  provider.put(makeUnsafe(path), ByteSource.fromBytes(new TextEncoder().encode(text)), { modifiedAt: 1000 })
const copying: Plan.PlanOptions = { comparison: { by: "time" }, removesExtra: false }
const vast = Number.MAX_SAFE_INTEGER

const rangesOf = (source: Provider, destination: Provider, size: Cut.CutSize) =>
  Stream.runCollect(Cut.ranges(Plan.make(source, destination, copying).actions, size))

const filesIn = Effect.fnUntraced(function* (source: Provider, destination: Provider, range: KeyRange.KeyRange) {
  const plan = Plan.make(KeyRange.within(source, range), KeyRange.within(destination, range), copying)
  const actions = yield* Stream.runCollect(Cut.filesOf(plan).actions)
  return actions.flatMap((action) => ("file" in action && action.file !== undefined ? [action.file.path] : []))
})

/** Names that stand elsewhere by bytes than by units, letters or folders. */
const segments = ["a", "B", "b", "a-", "a0", "a!", "é", "～", "😀", "‛", "‛.", "‛..", "‛x", "☃", ".a"]

/** The same numbers each time, from 0 on and below `limit`. */
const numbers = (seed: number) => {
  let state = seed
  return (limit: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * limit)
  }
}

describe("cutting a plan", () => {
  it.effect("makes no range of less than two", () =>
    Effect.gen(function* () {
      const [source, destination] = [MemoryProvider.make(), MemoryProvider.make()]
      for (const name of ["a", "b", "c", "d", "e"]) yield* put(source, name)
      assert.deepStrictEqual(yield* rangesOf(source, destination, { files: 3, bytes: vast }), [])
      assert.deepStrictEqual(yield* rangesOf(source, destination, { files: vast, bytes: 3 }), [])
      const [first, ...rest] = yield* rangesOf(source, destination, { files: 2, bytes: vast })
      assert.deepStrictEqual(
        [first, ...rest].map((range) => [String(range?.after), String(range?.upTo)]),
        [
          ["", "b"],
          ["b", "d"],
          ["d", "e"]
        ]
      )
      const bySize = yield* rangesOf(source, destination, { files: vast, bytes: 2 })
      assert.deepStrictEqual(
        bySize.map(({ upTo }) => String(upTo)),
        ["b", "d", "e"]
      )
    })
  )

  it.effect("counts what is to be transferred alone", () =>
    Effect.gen(function* () {
      const [source, destination] = [MemoryProvider.make(), MemoryProvider.make()]
      for (const name of ["a", "b", "c", "d", "e"]) yield* put(source, name)
      for (const name of ["a", "b", "c", "x"]) yield* put(destination, name)
      assert.deepStrictEqual(yield* rangesOf(source, destination, { files: 2, bytes: vast }), [])
    })
  )

  it.effect("puts each file to be transferred into one range, whatever the names", () =>
    Effect.gen(function* () {
      const below = numbers(7)
      for (let round = 0; round < 200; round++) {
        const [source, destination] = [MemoryProvider.make(), MemoryProvider.make()]
        const paths = Array.from({ length: below(40) }, () =>
          Array.from({ length: 1 + below(4) }, () => segments[below(segments.length)]).join("/")
        )
        const names = [...new Set(paths)].filter((one) => !paths.some((other) => other.startsWith(`${one}/`)))
        for (const name of names) {
          yield* put(source, name)
          if (below(4) === 0) yield* put(destination, name, below(2) === 0 ? name : "other")
        }
        const files = 1 + below(6)
        const whole = yield* Stream.runCollect(Plan.make(source, destination, copying).actions)
        const wanted = whole.flatMap((action) => (action._tag === "Put" ? [action.file.path] : []))
        const ranges = yield* rangesOf(source, destination, { files, bytes: vast })
        const parts = yield* Effect.forEach(ranges, (range) => filesIn(source, destination, range))
        const orderly = wanted.filter(KeyRange.isOrderly)
        assert.deepStrictEqual(parts.flat(), orderly.length < 2 * files ? [] : orderly)
        for (const part of parts) assert.isAtMost(part.length, files)
        for (const { after, upTo } of ranges) assert.isBelow(compare(after, upTo), 0)
      }
    })
  )
})
