import { assert, describe, it } from "@effect/vitest"
import * as ByteSource from "@ourclone/core/contract/ByteSource"
import type { Provider } from "@ourclone/core/contract/Provider"
import { makeUnsafe } from "@ourclone/core/contract/RemotePath"
import * as ActionOrder from "@ourclone/core/engine/ActionOrder"
import * as Limit from "@ourclone/core/engine/Limit"
import * as Plan from "@ourclone/core/engine/Plan"
import * as SetAside from "@ourclone/core/engine/SetAside"
import * as Transfer from "@ourclone/core/engine/Transfer"
import * as MemoryProvider from "@ourclone/core/testing/MemoryProvider"
import * as Told from "@ourclone/core/testing/Told"
import { Effect, Exit, Fiber, Result, Stream } from "effect"
import { TestClock } from "effect/testing"

const put = (provider: Provider, path: string, text: string, modifiedAt = 1000) =>
  provider.put(makeUnsafe(path), ByteSource.fromBytes(new TextEncoder().encode(text)), { modifiedAt })

const contents = Effect.fnUntraced(function* (provider: Provider) {
  const found: Record<string, string> = {}
  for (const entry of yield* Stream.runCollect(provider.list(makeUnsafe("")))) {
    if (entry._tag === "File") found[entry.path] = Buffer.from(yield* provider.readAll(entry)).toString()
  }
  return found
})

const run = (
  source: Provider,
  destination: Provider,
  options: Partial<Transfer.TransferOptions & Plan.PlanOptions> = {}
) => {
  const tell = Told.make()
  const plan = Plan.make(source, destination, { comparison: { by: "time" }, removesExtra: true, ...options })
  const executed = Transfer.execute(source, destination, plan, {
    transfers: 1,
    partConcurrency: 1,
    allowsEmptySource: false,
    tell,
    ...options
  })
  return Effect.map(Effect.exit(executed), (exit) => ({ exit, words: tell.facts.map(Told.inWords) }))
}

const threeFiles = Effect.gen(function* () {
  const source = MemoryProvider.make()
  const destination = MemoryProvider.make()
  for (const [path, text] of [
    ["a", "12345"],
    ["b", "123456"],
    ["c", "1"]
  ] as const)
    yield* put(source, path, text)
  yield* put(destination, "extra", "extra")
  return { source, destination }
})

describe("a limit of bytes", () => {
  it.effect("lets the file that is on its way end, begins no other, and then removes nothing: soft", () =>
    Effect.gen(function* () {
      const { destination, source } = yield* threeFiles
      const limit = Limit.make({ maxTransfer: 5, cutoffMode: "soft" })
      const { exit } = yield* run(source, destination, { limit })
      assert.include(String(exit), "LimitReached")
      assert.include(String(exit), "5 B may be transferred at most, and that much was; what was stored stays")
      assert.deepStrictEqual(Object.keys(yield* contents(destination)), ["a", "extra"])
    })
  )

  it.effect("begins nothing that would go beyond: cautious", () =>
    Effect.gen(function* () {
      const { destination, source } = yield* threeFiles
      const limit = Limit.make({ maxTransfer: 7, cutoffMode: "cautious" })
      const { exit } = yield* run(source, destination, { limit })
      assert.include(String(exit), "LimitReached")
      assert.include(String(exit), "7 B may be transferred at most, and the next file would go beyond; what was stored")
      assert.include(String(exit), "the same run made again goes on with what is left")
      assert.deepStrictEqual(Object.keys(yield* contents(destination)), ["a", "extra"])
    })
  )

  it.effect("stops what is on its way: hard", () =>
    Effect.gen(function* () {
      const { destination, source } = yield* threeFiles
      let isStopped = false
      const slow: Provider = {
        ...destination,
        put: (path, bytes, options) =>
          path === "b"
            ? Effect.onInterrupt(Effect.andThen(bytes.bytes, Effect.never), () =>
                Effect.sync(() => {
                  isStopped = true
                })
              )
            : destination.put(path, bytes, options)
      }
      const { exit } = yield* run(source, slow, { limit: Limit.make({ maxTransfer: 10 }) })
      assert.include(String(exit), "LimitReached")
      assert.isTrue(isStopped)
    })
  )

  it.effect.each([
    [1, "1 ms"],
    [1500, "1.5 s"],
    [1234, "1234 ms"],
    [60_000, "1:00"]
  ] as const)("of %d ms is named as it was given", ([maxDurationMillis, named]) =>
    Effect.gen(function* () {
      const limit = Limit.make({ maxDurationMillis })
      const stopping = yield* Effect.forkChild(Effect.exit(limit.stop))
      yield* TestClock.adjust(maxDurationMillis)
      assert.include(String(yield* Fiber.join(stopping)), `may take ${named} at most`)
    })
  )

  it.effect("of no time is none", () =>
    Effect.gen(function* () {
      const limit = Limit.make({ maxDurationMillis: 0 })
      yield* Effect.forkChild(limit.stop)
      yield* TestClock.adjust("10 days")
      yield* limit.check
      assert.isTrue(limit.mayBegin(1))
    })
  )

  it.effect("that is not reached changes nothing", () =>
    Effect.gen(function* () {
      const { destination, source } = yield* threeFiles
      const { exit } = yield* run(source, destination, {
        limit: Limit.make({ maxTransfer: 1000, maxDurationMillis: 1e9 })
      })
      assert.isTrue(Exit.isSuccess(exit))
      assert.deepStrictEqual(Object.keys(yield* contents(destination)), ["a", "b", "c"])
    })
  )
})

describe("what is replaced or removed", () => {
  it.effect("goes to another place first", () =>
    Effect.gen(function* () {
      const { destination, source } = yield* threeFiles
      yield* put(destination, "a", "older", 500)
      const place = MemoryProvider.make()
      const aside = { place, suffix: "", keepsExtension: false }
      const { exit } = yield* run(source, destination, { aside })
      assert.isTrue(Exit.isSuccess(exit))
      assert.deepStrictEqual(yield* contents(place), { a: "older", extra: "extra" })
      assert.deepStrictEqual(yield* contents(destination), { a: "12345", b: "123456", c: "1" })
    })
  )

  it.effect("stays where it can not be kept", () =>
    Effect.gen(function* () {
      const { destination, source } = yield* threeFiles
      yield* put(destination, "a", "older", 500)
      const full = MemoryProvider.make()
      const refused = full.stat(makeUnsafe("nothing"))
      const place: Provider = { ...full, put: () => Effect.flatMap(refused, Effect.succeed), copy: undefined }
      yield* run(source, destination, { aside: { place, suffix: "", keepsExtension: false } })
      const left = yield* contents(destination)
      assert.deepStrictEqual([left.a, left.extra], ["older", "extra"])
    })
  )

  it("has a name that says so", () => {
    assert.strictEqual(SetAside.nameOf("d/a.txt", { suffix: "-1", keepsExtension: false }), "d/a.txt-1")
    assert.strictEqual(SetAside.nameOf("d/a.txt", { suffix: "-1", keepsExtension: true }), "d/a-1.txt")
    assert.strictEqual(SetAside.nameOf("d.x/a", { suffix: "-1", keepsExtension: true }), "d.x/a-1")
    assert.strictEqual(SetAside.nameOf(".bashrc", { suffix: "-1", keepsExtension: true }), ".bashrc-1")
  })

  it("is known by that name", () => {
    for (const path of ["d/a.txt", "d.x/a", ".bashrc", "a-1.txt", "a"]) {
      for (const keepsExtension of [true, false]) {
        const naming = { suffix: "-1", keepsExtension }
        assert.isTrue(SetAside.isNamed(SetAside.nameOf(path, naming), naming), path)
      }
    }
    for (const path of ["d/a.txt", "d-1/a", "-1", "a-12", "d/-1", "a-1.txt"]) {
      assert.isFalse(SetAside.isNamed(path, { suffix: "-1", keepsExtension: false }), path)
    }
    assert.isFalse(SetAside.isNamed("a.txt-1", { suffix: "-1", keepsExtension: true }))
  })
})

it.effect("files go in the order that is asked for", () =>
  Effect.gen(function* () {
    const { destination, source } = yield* threeFiles
    const order = Result.getOrThrow(ActionOrder.parse("size,desc"))
    const { words } = yield* run(source, destination, { order })
    assert.deepStrictEqual(
      words.filter((word) => word.startsWith("stored")),
      ["stored b", "stored a", "stored c"]
    )
    for (const text of [
      "colour",
      "constructor",
      "size,up",
      "size,asc,50",
      "size,mixed,101",
      "size,mixed,",
      "size,mixed,5,5"
    ])
      assert.isTrue(Result.isFailure(ActionOrder.parse(text)), text)
  })
)

it.effect("a mixed order has the smallest files transferred at one end while the largest are at the other", () =>
  Effect.gen(function* () {
    const source = MemoryProvider.make()
    const sizes = [1, 2, 3, 4, 5, 6, 7, 8]
    for (const size of sizes) yield* put(source, `${size}`, "x".repeat(size))
    for (const [text, transfers, largest] of [
      ["size,mixed", 4, 2],
      ["size,mixed,25", 4, 3],
      ["SIZE,MIXED,100", 4, 0],
      ["size,mixed,0", 4, 4],
      ["size,mixed", 1, 0]
    ] as const) {
      const order = Result.getOrThrow(ActionOrder.parse(text))
      const begun: Array<number> = []
      const destination = MemoryProvider.make()
      const stuck: Provider = {
        ...destination,
        put: (path) =>
          Effect.andThen(
            Effect.sync(() => void begun.push(Number(path))),
            Effect.never
          )
      }
      const running = yield* Effect.forkChild(run(source, stuck, { order, transfers }))
      while (begun.length < transfers) yield* Effect.yieldNow
      assert.deepStrictEqual(
        begun.toSorted((left, right) => left - right),
        [...sizes.slice(0, transfers - largest), ...sizes.slice(sizes.length - largest)],
        text
      )
      yield* Fiber.interrupt(running)
    }
    const { words } = yield* run(source, MemoryProvider.make(), {
      order: Result.getOrThrow(ActionOrder.parse("size,mixed,25")),
      transfers: 4
    })
    assert.deepStrictEqual(
      words.filter((word) => word.startsWith("stored")).toSorted(),
      sizes.map((size) => `stored ${size}`)
    )
  })
)

it.effect("a stored file that is not to be changed fails by its name, and new ones are stored", () =>
  Effect.gen(function* () {
    const { destination, source } = yield* threeFiles
    yield* put(destination, "a", "older", 500)
    const { words } = yield* run(source, destination, { refusesChanges: true, removesExtra: false })
    assert.include(words, "failed a")
    assert.deepStrictEqual(yield* contents(destination), { a: "older", b: "123456", c: "1", extra: "extra" })
  })
)
