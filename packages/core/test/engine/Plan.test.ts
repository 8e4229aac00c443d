import { assert, describe, it } from "@effect/vitest"
import * as ByteSource from "@ourclone/core/contract/ByteSource"
import type { Provider } from "@ourclone/core/contract/Provider"
import { makeUnsafe } from "@ourclone/core/contract/RemotePath"
import * as Plan from "@ourclone/core/engine/Plan"
import * as MemoryProvider from "@ourclone/core/testing/MemoryProvider"
import { Effect, Stream } from "effect"

const put = (provider: Provider, path: string, text = path, modifiedAt = 1000) =>
  provider.put(makeUnsafe(path), ByteSource.fromBytes(new TextEncoder().encode(text)), { modifiedAt })

const lines = Effect.fnUntraced(function* (plan: Plan.Plan) {
  const actions = yield* Stream.runCollect(plan.actions)
  return actions.map((action) => {
    switch (action._tag) {
      case "Put":
        return `put ${action.file.path} (${action.because})`
      case "Touch":
      case "Keep":
        return `${action._tag.toLowerCase()} ${action.file.path}`
      case "Pass":
        return `pass ${action.entry.path}`
      default:
        return `${action._tag.toLowerCase()} ${action.path}`
    }
  })
})

const sync: Plan.PlanOptions = { comparison: { by: "time" }, removesExtra: true }

describe("Plan.make", () => {
  it.effect("merges two listings in byte order, whatever their names", () =>
    Effect.gen(function* () {
      const source = MemoryProvider.make()
      const destination = MemoryProvider.make()
      for (const path of ["a", "a.txt", "a/b", "a-b", "😀", "～", "z"]) yield* put(source, path)
      for (const path of ["a.txt", "a/b", "a/c", "～", "😀"]) yield* put(destination, path)
      assert.deepStrictEqual(yield* lines(Plan.make(source, destination, sync)), [
        "put a (missing)",
        "put a-b (missing)",
        "remove a/c",
        "put z (missing)"
      ])
    })
  )

  it.effect("counts what it saw", () =>
    Effect.gen(function* () {
      const source = MemoryProvider.make()
      const destination = MemoryProvider.make()
      yield* put(source, "same")
      yield* put(destination, "same")
      yield* put(source, "new", "12345")
      yield* put(destination, "extra")
      const plan = Plan.make(source, destination, sync)
      yield* Stream.runDrain(plan.actions)
      assert.deepStrictEqual(plan.totals, {
        firstSource: makeUnsafe("new"),
        sourceFiles: 2,
        destinationFiles: 2,
        same: 1,
        putFiles: 1,
        putBytes: 5,
        copiedBytes: 0,
        removals: 1
      })
    })
  )

  it.effect("leaves extra files alone unless told to remove them", () =>
    Effect.gen(function* () {
      const source = MemoryProvider.make()
      const destination = MemoryProvider.make()
      yield* put(destination, "extra")
      assert.deepStrictEqual(yield* lines(Plan.make(source, destination, { ...sync, removesExtra: false })), [])
    })
  )

  it.effect("does not send bytes again when only the time differs", () =>
    Effect.gen(function* () {
      const source = MemoryProvider.make()
      const destination = MemoryProvider.make()
      yield* put(source, "a", "bytes", 1000)
      yield* put(destination, "a", "bytes", 2000)
      yield* put(source, "b", "bytes", 1000)
      yield* put(destination, "b", "other", 2000)
      const toucher: Provider = { ...destination, touch: (file, modifiedAt) => Effect.succeed({ ...file, modifiedAt }) }
      assert.deepStrictEqual(yield* lines(Plan.make(source, toucher, sync)), ["touch a", "put b (checksum differs)"])
    })
  )

  it.effect("takes a sum only where it decides, also between files that need none", () =>
    Effect.gen(function* () {
      const source = MemoryProvider.make()
      const destination = MemoryProvider.make()
      for (const path of ["a", "b", "c"]) yield* put(source, path, "bytes", 1000)
      yield* put(destination, "b", "bytes", 2000)
      const toucher: Provider = { ...destination, touch: (file, modifiedAt) => Effect.succeed({ ...file, modifiedAt }) }
      assert.deepStrictEqual(yield* lines(Plan.make(source, toucher, sync)), [
        "put a (missing)",
        "touch b",
        "put c (missing)"
      ])
    })
  )

  it.effect("finds a change that keeps size and time when told to compare sums", () =>
    Effect.gen(function* () {
      const source = MemoryProvider.make()
      const destination = MemoryProvider.make()
      yield* put(source, "a", "12345")
      yield* put(destination, "a", "54321")
      assert.deepStrictEqual(yield* lines(Plan.make(source, destination, sync)), [])
      const bySum: Plan.PlanOptions = { ...sync, comparison: { by: "checksum" } }
      assert.deepStrictEqual(yield* lines(Plan.make(source, destination, bySum)), ["put a (checksum differs)"])
    })
  )

  it.effect("reports what is the same when asked to", () =>
    Effect.gen(function* () {
      const source = MemoryProvider.make()
      const destination = MemoryProvider.make()
      yield* put(source, "a")
      yield* put(destination, "a")
      const reporting = Plan.make(source, destination, { ...sync, reportsSame: true })
      assert.deepStrictEqual(yield* lines(reporting), ["keep a"])
    })
  )

  it.effect("keeps empty directories on both sides alike", () =>
    Effect.gen(function* () {
      const source = MemoryProvider.make()
      const destination = MemoryProvider.make()
      yield* source.makeDirectory!(makeUnsafe("kept"))
      yield* source.makeDirectory!(makeUnsafe("new"))
      yield* destination.makeDirectory!(makeUnsafe("kept"))
      yield* destination.makeDirectory!(makeUnsafe("old"))
      assert.deepStrictEqual(yield* lines(Plan.make(source, destination, sync)), [
        "makedirectory new",
        "removedirectory old"
      ])
    })
  )
})
