/** What a doctor says, and when. */
import { assert, describe, it } from "@effect/vitest"
import * as ProviderFactory from "@ourclone/core/contract/ProviderFactory"
import { StorageError, Unavailable } from "@ourclone/core/contract/StorageError"
import * as MemoryProvider from "@ourclone/core/testing/MemoryProvider"
import { factory as local } from "@ourclone/provider-local/LocalProvider"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { TestClock } from "effect/testing"
import { kind, type Row } from "../../src/storage/Doctor.ts"
import { makeWorld } from "../JobWorld.ts"

const silent = { fact: () => {}, gauge: () => {}, room: Effect.void, isBehind: () => false }

/** A service that is asked by `connect`. */
const service = (connect: Effect.Effect<{ readonly id: string }, StorageError>) =>
  ProviderFactory.make({
    type: "away",
    description: "A service that is away",
    options: Schema.Struct({}),
    connect: () => connect,
    open: (_, { location, name }) => Effect.succeed(MemoryProvider.make({ location, name: `${name}${location}` }))
  })

const rowsOf = (connect: Effect.Effect<{ readonly id: string }, StorageError>, path = "away:x") =>
  kind
    .run({ path }, { tell: silent, secrets: new Map() })
    .pipe(Stream.provide(makeWorld([service(connect), local]).layer))

const verdicts = (rows: ReadonlyArray<Row>) => rows.map(({ name, verdict }) => `${name} ${verdict}`)

describe("doctor", () => {
  it.effect("tells what it found of this machine before the service has answered", () =>
    Effect.gen(function* () {
      const told: Array<Row> = []
      const machine = yield* Deferred.make<void>()
      const take = (row: Row) => {
        told.push(row)
        return row.name === "configuration" ? Deferred.succeed(machine, undefined) : Effect.void
      }
      const fiber = yield* Effect.forkChild(Stream.runForEach(rowsOf(Effect.never), take))
      yield* Deferred.await(machine)
      assert.deepStrictEqual(verdicts(told), ["state ok", "cache ok", "configuration ok"])
      yield* Fiber.interrupt(fiber)
    })
  )

  it.effect("waits 20 seconds for a service that says nothing, and no longer", () =>
    Effect.gen(function* () {
      const fiber = yield* Effect.forkChild(Stream.runCollect(rowsOf(Effect.never)))
      yield* TestClock.adjust("20 seconds")
      const last = (yield* Fiber.join(fiber)).at(-1)
      assert.deepStrictEqual([last?.name, last?.verdict], ["connection", "failed"])
      assert.include(last?.message ?? "", "no answer within 20 s")
    })
  )

  it.effect("waits as long for the address that files are fetched from, and names its option", () =>
    Effect.gen(function* () {
      const asked = yield* Deferred.make<void>()
      const answers = Effect.andThen(Deferred.succeed(asked, undefined), Effect.never)
      const downloads = { address: "https://files.example", option: "downloadUrl", answers }
      const fetching: ProviderFactory.ProviderFactory = ProviderFactory.make({
        type: "away",
        description: "A service whose files lie elsewhere",
        options: Schema.Struct({}),
        connect: () => Effect.succeed({ id: "away" }),
        open: (_, { location, name }) =>
          Effect.succeed({ ...MemoryProvider.make({ location, name: `${name}${location}` }), downloads })
      })
      const rows = kind.run({ path: "away:x" }, { tell: silent, secrets: new Map() })
      const fiber = yield* Effect.forkChild(Stream.runCollect(Stream.provide(rows, makeWorld([fetching, local]).layer)))
      yield* Deferred.await(asked)
      yield* TestClock.adjust("20 seconds")
      const row = (yield* Fiber.join(fiber)).find(({ name }) => name === "downloads")
      assert.strictEqual(row?.verdict, "failed")
      assert.include(row?.message ?? "", "https://files.example: no answer within 20 s")
      assert.include(row?.message ?? "", "the option downloadUrl")
    })
  )

  it.effect("asks a service that can not be reached twice, and says what it saw", () =>
    Effect.gen(function* () {
      let asked = 0
      const refused = Effect.suspend(() => {
        asked++
        const reason = new Unavailable({ message: "connection refused" })
        return Effect.fail(new StorageError({ provider: "away", operation: "connect", reason }))
      })
      const fiber = yield* Effect.forkChild(Stream.runCollect(rowsOf(refused)))
      yield* TestClock.adjust("2 seconds")
      const last = (yield* Fiber.join(fiber)).at(-1)
      assert.deepStrictEqual([asked, last?.name, last?.verdict], [2, "connection", "failed"])
      assert.include(last?.message ?? "", "connection refused")
    })
  )
})
