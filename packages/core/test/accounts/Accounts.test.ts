import { assert, describe, it } from "@effect/vitest"
import { withSettings } from "@ourclone/core/accounts/AccountSettings"
import * as Accounts from "@ourclone/core/accounts/Accounts"
import * as ProviderFactory from "@ourclone/core/contract/ProviderFactory"
import { StorageError, Unavailable } from "@ourclone/core/contract/StorageError"
import { TrafficLog } from "@ourclone/core/layers/Observed"
import { retryingAtFirst } from "@ourclone/core/layers/Retry"
import * as FaultyProvider from "@ourclone/core/testing/FaultyProvider"
import * as MemoryProvider from "@ourclone/core/testing/MemoryProvider"
import { Effect, Fiber, Redacted, Schema } from "effect"
import { TestClock } from "effect/testing"
import { at, put } from "../../src/testing/Check.ts"

/** A service that notes how often it is signed in to and what it is told. */
const service = (failures = 0) => {
  const told: Array<string> = []
  let left = failures
  const factory = ProviderFactory.make({
    type: "memory",
    description: "Memory",
    options: Schema.Struct({
      keyId: Schema.String,
      key: Schema.Redacted(Schema.String),
      hardDelete: Schema.optionalKey(Schema.Boolean)
    }),
    placeOptions: ["hardDelete"],
    hasBuckets: true,
    connect: ({ keyId }, name) =>
      Effect.gen(function* () {
        told.push(`connect ${keyId}`)
        const log = yield* TrafficLog
        log?.("GET https://memory/sign-in")
        if (left-- > 0) {
          const reason = new Unavailable({ message: "away" })
          return yield* new StorageError({ provider: name, operation: "connect", reason })
        }
        yield* Effect.addFinalizer(() => Effect.sync(() => told.push(`close ${keyId}`)))
        const limitConnections = (most: number) => void told.push(`at most ${most}`)
        return { id: `memory:${keyId}`, account: MemoryProvider.make().memory, limitConnections }
      }),
    open: ({ account }, { location, name }) =>
      Effect.sync(() => {
        told.push(`open ${location}`)
        return MemoryProvider.make({ account, location, name: `${name}${location}` })
      })
  })
  return { factory: withSettings(factory), told }
}

const values = (keyId: string, more: object = {}) => ({ keyId, key: Redacted.make("secret"), ...more })
const place = (location: string) => ({ name: "photos:", location })

describe("Accounts", () => {
  it.effect("sign in once for each key, however many places are opened, and share what the account holds", () =>
    Effect.gen(function* () {
      const { factory, told } = service()
      yield* Effect.scoped(
        Effect.gen(function* () {
          const accounts = yield* Accounts.make()
          const open = (keyId: string, location: string, more = {}) =>
            Effect.scoped(accounts.open(factory, values(keyId, more), place(location)))
          yield* Effect.all([open("one", "a"), open("one", "b"), open("one", "c", { hardDelete: true })], {
            concurrency: 3
          })
          yield* open("one", "d", { rate: "10M" })
          yield* open("two", "a")
        })
      )
      assert.deepStrictEqual(
        told.filter((line) => line.startsWith("connect")),
        ["connect one", "connect two"]
      )
      assert.deepStrictEqual(told.filter((line) => line.startsWith("close")).sort(), ["close one", "close two"])
    })
  )

  it.effect("try to sign in again when it failed", () =>
    Effect.gen(function* () {
      const { factory, told } = service(1)
      const accounts = yield* Accounts.make()
      const open = accounts.open(factory, values("one"), place("a"))
      assert.strictEqual((yield* Effect.flip(open)).reason._tag, "Unavailable")
      yield* open
      assert.deepStrictEqual(told, ["connect one", "connect one", "open a"])
    })
  )

  it.effect("sign in as often as the remote says, whoever opens it", () =>
    Effect.gen(function* () {
      for (const retries of [0, 2]) {
        const { factory, told } = service(5)
        const accounts = yield* Accounts.make()
        const open = retryingAtFirst(accounts.open(factory, values("one", { retries }), place("a")))
        const opening = yield* Effect.forkChild(Effect.flip(open))
        yield* TestClock.adjust("1 minute")
        assert.strictEqual((yield* Fiber.join(opening)).reason._tag, "Unavailable")
        assert.deepStrictEqual(told, Array(retries + 1).fill("connect one"))
      }
    })
  )

  it.effect("put the folder of a remote below the bucket", () =>
    Effect.gen(function* () {
      const { factory } = service()
      const accounts = yield* Accounts.make()
      const nameOf = (location: string) =>
        Effect.map(accounts.open(factory, values("one", { dir: "/my/host/" }), place(location)), ({ name }) => name)
      assert.strictEqual(yield* nameOf("bucket"), "photos:bucket/my/host")
      assert.strictEqual(yield* nameOf("bucket/2024"), "photos:bucket/my/host/2024")
      assert.strictEqual(yield* nameOf(""), "photos:")
    })
  )

  it.effect("tell the account how many connections it may have", () =>
    Effect.gen(function* () {
      const { factory, told } = service()
      const accounts = yield* Accounts.make()
      yield* accounts.open(factory, values("one", { workers: 3 }), place("a"))
      yield* accounts.open(factory, values("one", { workers: 5 }), place("b"))
      assert.deepStrictEqual(
        told.filter((line) => line.startsWith("at most")),
        ["at most 3", "at most 5"]
      )
    })
  )

  it.effect("write the traffic of a remote that asks for it, and of no other", () =>
    Effect.gen(function* () {
      const { factory } = service()
      const lines: Array<string> = []
      const openLog = (name: string) => Effect.succeed((line: string) => void lines.push(`${name}: ${line}`))
      const accounts = yield* Accounts.make({ openLog })
      const logged = yield* accounts.open(factory, values("one", { debug: true }), place("a"))
      yield* put(logged, "x", "hello")
      const silent = yield* accounts.open(factory, values("two"), place("a"))
      yield* put(silent, "y", "hello")
      assert.match(lines.join("\n"), /^photos: GET https:\/\/memory\/sign-in\nphotos: put "x" ok \d+ ms$/)
    })
  )

  it.effect("fail once by themselves where a remote wants no retries", () =>
    Effect.gen(function* () {
      const { factory } = service()
      let faulty: FaultyProvider.FaultyProvider | undefined
      const failing: ProviderFactory.ProviderFactory = {
        ...factory,
        connect: (given, name) =>
          Effect.map(factory.connect(given, name), (account) => ({
            ...account,
            open: (where, options) =>
              Effect.map(account.open(where, options), (provider) => {
                faulty = FaultyProvider.make(provider, [{ method: "stat", kind: "fail" }])
                return faulty
              })
          }))
      }
      const accounts = yield* Accounts.make()
      const provider = yield* accounts.open(failing, values("one", { retries: 0 }), place("a"))
      assert.strictEqual((yield* Effect.flip(provider.stat(at("none")))).reason._tag, "Unavailable")
      assert.strictEqual(faulty?.calls("stat"), 1)
    })
  )
})

describe("the settings of every remote", () => {
  it("are options like those of the type, and are checked", () => {
    const { factory } = service()
    const names = factory.options.map(({ name }) => name)
    assert.includeMembers(names, ["keyId", "rate", "workers", "retries", "dir", "debug"])
    assert.deepStrictEqual(
      factory.check(values("one", { rate: "10M:1M", workers: 4, retries: 0, dir: "x", debug: true })),
      []
    )
    const blamed = (more: object) => factory.check(values("one", more)).map(({ option }) => option)
    assert.deepStrictEqual(blamed({ rate: "fast" }), ["rate"])
    assert.deepStrictEqual(blamed({ workers: 0, retries: -1 }), ["workers", "retries"])
  })

  it.effect(
    "whose limits others share have their part of them, which changes with how many there are and what is set",
    () =>
      Effect.gen(function* () {
        const { factory, told } = service()
        let shared: Accounts.SharedAccount | undefined
        const share = (account: Accounts.SharedAccount) =>
          Effect.sync(() => {
            told.push(`shared ${account.id}`)
            shared = account
          })
        const accounts = yield* Accounts.make({ share })
        yield* accounts.open(factory, values("one"), place("a"))
        assert.isUndefined(shared)
        yield* accounts.open(factory, values("one", { workers: 12 }), place("a"))
        yield* accounts.open(factory, values("one", { workers: 12 }), place("b"))
        yield* shared!.setUsers(5)
        yield* shared!.setUsers(5)
        yield* accounts.settle(factory, values("one", { workers: 3 }))
        yield* accounts.settle(factory, values("another", { workers: 3 }))
        yield* shared!.setUsers(1)
        assert.deepStrictEqual(
          told.filter((text) => text.startsWith("at most") || text.startsWith("shared")),
          ["at most 12", "shared memory:one", "at most 12", "at most 2", "at most 1", "at most 3"]
        )
      })
  )
})
