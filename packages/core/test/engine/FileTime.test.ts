import { assert, describe, it } from "@effect/vitest"
import * as ByteSource from "@ourclone/core/contract/ByteSource"
import type { Entry } from "@ourclone/core/contract/Entry"
import type { Provider } from "@ourclone/core/contract/Provider"
import { makeUnsafe, root } from "@ourclone/core/contract/RemotePath"
import { datedListing } from "@ourclone/core/engine/FileTime"
import * as Plan from "@ourclone/core/engine/Plan"
import * as PlannedFacts from "@ourclone/core/engine/PlannedFacts"
import * as Transfer from "@ourclone/core/engine/Transfer"
import type { Fact } from "@ourclone/core/events/RunEvent"
import { silent } from "@ourclone/core/events/Tell"
import * as Filter from "@ourclone/core/filter/Filter"
import * as FaultyProvider from "@ourclone/core/testing/FaultyProvider"
import * as MemoryProvider from "@ourclone/core/testing/MemoryProvider"
import { Clock, Effect, Result, Stream } from "effect"

const put = (provider: Provider, path: string, text = path, modifiedAt = 1000) =>
  provider.put(makeUnsafe(path), ByteSource.fromBytes(new TextEncoder().encode(text)), { modifiedAt })

/** Lists no times, and counts how often it is asked for one file. */
const undated = () => FaultyProvider.make(MemoryProvider.make({ listsTimes: false }), [])

const bySum: Plan.PlanOptions = { comparison: { by: "checksum" }, removesExtra: true }
const withoutDigests = (entry: Entry): Entry => (entry._tag === "File" ? { ...entry, checksums: {} } : entry)

const planned = (plan: Plan.Plan) =>
  Effect.map(Stream.runCollect(plan.actions), (actions) =>
    actions.map(
      (action) => `${action._tag} ${"file" in action ? action.file.path : "path" in action ? action.path : ""}`
    )
  )

describe("a listing without times", () => {
  it.effect("costs a call only for files of equal size, and only when times are compared", () =>
    Effect.gen(function* () {
      const source = MemoryProvider.make()
      const destination = undated()
      for (const [path, text, time] of [
        ["same", "equal", 1000],
        ["size", "longer", 1000],
        ["new", "new", 1000]
      ] as const) {
        yield* put(source, path, text, time)
      }
      yield* put(destination, "same", "equal", 1000)
      yield* put(destination, "size", "short", 1000)
      const sync = (by: "time" | "size" | "checksum") =>
        planned(Plan.make(source, destination, { comparison: { by }, removesExtra: true }))
      assert.deepStrictEqual(yield* sync("time"), ["Put new", "Put size"])
      assert.strictEqual(destination.calls("stat"), 1)
      assert.deepStrictEqual(yield* sync("size"), ["Put new", "Put size"])
      assert.deepStrictEqual(yield* sync("checksum"), ["Put new", "Put size"])
      assert.strictEqual(destination.calls("stat"), 1)
    })
  )

  it.live("has many times asked for at once, and few files read for it", () =>
    Effect.gen(function* () {
      const counted = () => {
        let [now, most] = [0, 0]
        const around = <A, E>(work: Effect.Effect<A, E>): Effect.Effect<A, E> =>
          Effect.suspend(() => {
            most = Math.max(most, ++now)
            return Effect.ensuring(
              Effect.andThen(Effect.sleep("2 millis"), work),
              Effect.sync(() => now--)
            )
          })
        return { around, most: () => most }
      }
      const [source, destination] = [MemoryProvider.make(), undated()]
      for (let number = 0; number < 60; number++) {
        yield* put(source, `${number}`, "equal", 2000)
        yield* put(destination, `${number}`, "equal", 1000)
      }
      const [asked, read] = [counted(), counted()]
      const digest: NonNullable<Provider["digest"]> = () => (_, algorithm) =>
        read.around(Effect.succeed({ algorithm, whole: "digest", parts: [] }))
      const ours: Provider = { ...source, list: (path) => Stream.map(source.list(path), withoutDigests), digest }
      const theirs: Provider = {
        ...destination,
        list: (path) => Stream.map(destination.list(path), withoutDigests),
        stat: (path) => asked.around(Effect.map(destination.stat(path), (file) => ({ ...file, checksums: {} }))),
        digest
      }
      const plan = Plan.make(ours, theirs, { comparison: { by: "time" }, removesExtra: false })
      assert.strictEqual((yield* Stream.runCollect(plan.actions)).length, 60)
      assert.isAbove(asked.most(), 8)
      assert.isAtMost(read.most(), 8)
    })
  )

  it.effect("may leave out digests too, which are asked for where they are to decide and nothing else does", () =>
    Effect.gen(function* () {
      const source = MemoryProvider.make()
      const destination = undated()
      const listsNone: Provider = { ...destination, list: (path) => Stream.map(destination.list(path), withoutDigests) }
      for (const side of [source, destination]) yield* put(side, "same", "equal")
      yield* put(source, "changed", "after")
      yield* put(destination, "changed", "befor")
      const plan = Plan.make({ ...source, digest: undefined }, listsNone, bySum)
      assert.deepStrictEqual(yield* planned(plan), ["Put changed"])
      assert.isUndefined(plan.totals.uncompared)
    })
  )

  it.effect("lets times decide where no side knows a digest, and that is told", () =>
    Effect.gen(function* () {
      const source = MemoryProvider.make()
      const destination = undated()
      const knowsNone: Provider = {
        ...destination,
        list: (path) => Stream.map(destination.list(path), withoutDigests),
        stat: (path) => Effect.map(destination.stat(path), (file) => ({ ...file, checksums: {} }))
      }
      for (const side of [source, destination]) yield* put(side, "same", "equal", 1000)
      yield* put(source, "later", "equal", 9000)
      yield* put(destination, "later", "equal", 1000)
      const plan = Plan.make({ ...source, digest: undefined }, knowsNone, bySum)
      const facts: Array<Fact> = []
      const tell = { ...silent, fact: (fact: Fact) => void facts.push(fact) }
      yield* Stream.runDrain(PlannedFacts.told(plan, tell, yield* Clock.Clock))
      assert.strictEqual(plan.totals.putFiles, 1)
      const notes = facts.flatMap((fact) => (fact._tag === "Note" ? [fact.message] : []))
      assert.deepStrictEqual(notes, [
        "2 files have no checksum that both sides know, so they were compared by size and time"
      ])
    })
  )

  it.effect("lets the digest decide where the times that were asked for differ", () =>
    Effect.gen(function* () {
      const source = undated()
      const destination = MemoryProvider.make()
      yield* put(source, "touched", "bytes", 2000)
      yield* put(source, "changed", "after", 2000)
      yield* put(destination, "touched", "bytes", 1000)
      yield* put(destination, "changed", "befor", 1000)
      const plan = Plan.make(source, destination, { comparison: { by: "time" }, removesExtra: true })
      assert.deepStrictEqual(yield* planned(plan), ["Put changed", "Touch touched"])
    })
  )

  it.effect("loses no time on the way", () =>
    Effect.gen(function* () {
      const source = undated()
      const destination = MemoryProvider.make()
      yield* put(source, "a", "a", 123_456)
      const plan = Plan.make(source, destination, { comparison: { by: "time" }, removesExtra: false })
      yield* Transfer.execute(source, destination, plan, {
        transfers: 2,
        partConcurrency: 1,
        allowsEmptySource: false,
        tell: silent
      })
      assert.strictEqual((yield* destination.stat(makeUnsafe("a"))).modifiedAt, 123_456)
    })
  )

  it.effect("is asked for its times by a filter of ages", () =>
    Effect.gen(function* () {
      const source = undated()
      yield* put(source, "old", "old", 1000)
      yield* put(source, "young", "young", 1_000_000)
      const filter = Result.getOrThrow(Filter.make({ maxAge: "10s", now: 1_005_000 }))
      const plan = Plan.make(source, MemoryProvider.make(), { comparison: { by: "time" }, removesExtra: false, filter })
      assert.deepStrictEqual(yield* planned(plan), ["Put young"])
    })
  )

  it.effect("leaves out what is gone by the time it is asked for", () =>
    Effect.gen(function* () {
      const memory = undated()
      yield* put(memory, "a")
      yield* put(memory, "b")
      const listing = Stream.tap(memory.list(root), () => memory.remove(makeUnsafe("a")))
      const found = yield* Stream.runCollect(datedListing(memory, listing))
      assert.deepStrictEqual(
        found.map(({ path }) => path),
        ["b"]
      )
    })
  )
})
