import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { type Entry, orderKey } from "@ourclone/core/contract/Entry"
import type { Provider } from "@ourclone/core/contract/Provider"
import { compare, root } from "@ourclone/core/contract/RemotePath"
import { inOrder } from "@ourclone/core/engine/SortedListing"
import * as FaultyProvider from "@ourclone/core/testing/FaultyProvider"
import * as MemoryProvider from "@ourclone/core/testing/MemoryProvider"
import { Effect, Exit, Fiber, Stream } from "effect"
import { at, list, put } from "../../src/testing/Check.ts"

const file = (name: string, size = 0): Entry => ({ _tag: "File", path: at(name), size, modifiedAt: 1, checksums: {} })

/** A provider that lists these entries just so. */
const listing = (entries: ReadonlyArray<Entry>): Provider => ({
  ...MemoryProvider.make({ capabilities: { listsInOrder: false } }),
  list: () => Stream.fromIterable(entries, { chunkSize: 7 })
})

/** The same each time, and in no order. */
const shuffled = (count: number): Array<Entry> =>
  Array.from({ length: count }, (_, index) => {
    const number = (index * 7919) % count
    const name = `${["é", "～", "😀", "a", "a-"][number % 5]}${number}`
    return number % 11 === 0 ? { _tag: "Directory", path: at(name) } : file(name, number)
  })

const temporary = Effect.acquireRelease(
  Effect.sync(() => fs.mkdtempSync(path.join(os.tmpdir(), "ourclone-test-"))),
  (directory) => Effect.sync(() => fs.rmSync(directory, { recursive: true }))
)

describe("SortedListing.inOrder", () => {
  it.effect("brings a listing of many runs into byte order, each entry whole", () =>
    Effect.gen(function* () {
      const temporaryDirectory = yield* temporary
      const entries = shuffled(2500)
      const sorted = yield* Stream.runCollect(inOrder(listing(entries), root, { runSize: 1000, temporaryDirectory }))
      const expected = [...entries].sort((left, right) => compare(orderKey(left), orderKey(right)))
      assert.deepStrictEqual(sorted, expected)
      assert.deepStrictEqual(fs.readdirSync(temporaryDirectory), [])
    })
  )

  it.effect("uses the disk only for what exceeds one run", () =>
    Effect.gen(function* () {
      const options = { runSize: 100, temporaryDirectory: "/there/is/no/such/directory" }
      const sorted = yield* Stream.runCollect(inOrder(listing(shuffled(99)), root, options))
      assert.strictEqual(sorted.length, 99)
      const failed = yield* Effect.flip(Stream.runDrain(inOrder(listing(shuffled(101)), root, options)))
      assert.include(failed.message, "set TMPDIR to another one")
    })
  )

  it.effect("keeps entries that have the same key", () =>
    Effect.gen(function* () {
      const entries = [file("b", 1), file("a", 2), file("b", 3), file("a", 4), file("b", 5)]
      const sorted = yield* Stream.runCollect(inOrder(listing(entries), root, { runSize: 2 }))
      const found = sorted.map((entry) => `${entry.path} ${entry._tag === "File" ? entry.size : ""}`)
      assert.deepStrictEqual(
        found.map((line) => line.slice(0, 1)),
        ["a", "a", "b", "b", "b"]
      )
      assert.deepStrictEqual(found.sort(), ["a 2", "a 4", "b 1", "b 3", "b 5"])
    })
  )

  it.effect("keeps names that need escapes, long ones and skipped ones", () =>
    Effect.gen(function* () {
      const skipped: Entry = { _tag: "Skipped", path: "c\ud800\n", because: "not valid Unicode", isFailure: true }
      const entries: Array<Entry> = [skipped, file('b"\n\\'), file(`a${"x".repeat(200_000)}`)]
      const sorted = yield* Stream.runCollect(inOrder(listing(entries), root, { runSize: 1 }))
      assert.deepStrictEqual(sorted, [...entries].reverse())
    })
  )

  it.effect("holds no more than a run of entries and one block of each run", () =>
    Effect.gen(function* () {
      const count = 200_000
      let made = 0
      let most = 0
      const entries = Stream.fromIterable(
        shuffledLazily(count, () => made++),
        { chunkSize: 1000 }
      )
      const provider = { ...listing([]), list: () => entries }
      const before = process.memoryUsage().heapUsed
      let seen = 0
      yield* Stream.runForEachArray(inOrder(provider, root, { runSize: 5000 }), (page) =>
        Effect.sync(() => {
          seen += page.length
          if (seen % 20_000 === 0) most = Math.max(most, process.memoryUsage().heapUsed - before)
        })
      )
      assert.strictEqual(seen, count)
      assert.strictEqual(made, count)
      assert.isBelow(most, 150e6)
    })
  )

  it.effect("deletes its files when it is interrupted, and when the listing fails", () =>
    Effect.gen(function* () {
      const temporaryDirectory = yield* temporary
      const options = { runSize: 10, temporaryDirectory }
      const endless = { ...listing([]), list: () => Stream.concat(Stream.fromArray(shuffled(50)), Stream.never) }
      const fiber = yield* Effect.forkChild(Stream.runDrain(inOrder(endless, root, options)))
      while (fs.readdirSync(temporaryDirectory).length === 0) yield* Effect.promise(() => new Promise(setImmediate))
      yield* Fiber.interrupt(fiber)
      assert.deepStrictEqual(fs.readdirSync(temporaryDirectory), [])

      const failing = FaultyProvider.make(listing(shuffled(50)), [{ method: "list", kind: "loseAnswer" }])
      const exit = yield* Effect.exit(Stream.runDrain(inOrder(failing, root, options)))
      assert.isTrue(Exit.isFailure(exit))
      assert.deepStrictEqual(fs.readdirSync(temporaryDirectory), [])

      yield* Stream.runDrain(Stream.take(inOrder(listing(shuffled(50)), root, options), 3))
      assert.deepStrictEqual(fs.readdirSync(temporaryDirectory), [])
    })
  )

  it.effect("passes a listing through that is in order already", () =>
    Effect.gen(function* () {
      const provider = MemoryProvider.make()
      for (const name of ["b", "a/c"]) yield* put(provider, name, name)
      const found = yield* Stream.runCollect(inOrder(provider, root, { depth: 1, runSize: 1 }))
      assert.deepStrictEqual(
        found.map((entry) => entry.path as string),
        ["a", "b"]
      )
      assert.deepStrictEqual(yield* list(provider, "", 1), ["Directory a", "File b"])
    })
  )
})

function* shuffledLazily(count: number, onMade: () => void): Generator<Entry> {
  for (let index = 0; index < count; index++) {
    onMade()
    yield file(`directory/${(index * 7919) % count}`)
  }
}
