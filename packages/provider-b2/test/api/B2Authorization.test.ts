import { assert, describe, it } from "@effect/vitest"
import { StorageError, Unavailable } from "@ourclone/core/contract/StorageError"
import * as B2Authorization from "@ourclone/provider-b2/api/B2Authorization"
import { B2Refusal } from "@ourclone/provider-b2/api/B2Refusal"
import { Effect, Fiber, Redacted } from "effect"

const expired = new B2Refusal(401, "expired_auth_token", "")

const setUp = (options: { readonly now?: () => number; readonly renewal?: Effect.Effect<void, StorageError> } = {}) => {
  let count = 0
  const authorize = Effect.suspend(() => {
    const number = ++count
    const authorization: B2Authorization.Authorization = {
      accountId: "0123456789ab",
      token: Redacted.make(`token-${number}`),
      apiUrl: "https://api",
      downloadUrl: "https://download",
      recommendedPartSize: 100_000_000,
      absoluteMinimumPartSize: 5_000_000,
      key: { keyId: "key", capabilities: [], namePrefix: "" },
      apiPath: "/b2api/v4/"
    }
    return number === 1
      ? Effect.succeed(authorization)
      : Effect.as(Effect.andThen(Effect.yieldNow, options.renewal ?? Effect.void), authorization)
  })
  return Effect.map(B2Authorization.make(authorize, options.now), (shared) => ({ shared, count: () => count }))
}

/** A request that only the tokens in `good` can make. */
const request =
  (...good: ReadonlyArray<string>) =>
  ({ token }: B2Authorization.Authorization) => {
    const value = Redacted.value(token)
    return good.includes(value) ? Effect.succeed(value) : Effect.fail(expired)
  }

describe("B2Authorization", () => {
  it.effect("authorises once for many requests", () =>
    Effect.gen(function* () {
      const { count, shared } = yield* setUp()
      yield* Effect.replicateEffect(shared.use(request("token-1")), 100, { concurrency: 10 })
      assert.strictEqual(count(), 1)
    })
  )

  it.effect("renews once when many fibers find the token refused", () =>
    Effect.gen(function* () {
      const { count, shared } = yield* setUp()
      const found = yield* Effect.replicateEffect(shared.use(request("token-2")), 50, { concurrency: "unbounded" })
      assert.deepStrictEqual(new Set(found), new Set(["token-2"]))
      assert.strictEqual(count(), 2)
    })
  )

  it.effect("tries a request once more and no oftener", () =>
    Effect.gen(function* () {
      const { count, shared } = yield* setUp()
      let tries = 0
      const refused = Effect.andThen(
        Effect.sync(() => tries++),
        Effect.fail(expired)
      )
      const failure = yield* Effect.flip(shared.use(() => refused))
      assert.strictEqual(failure, expired)
      assert.deepStrictEqual([tries, count()], [2, 2])
    })
  )

  it.effect("does not renew for a key that lacks a capability", () =>
    Effect.gen(function* () {
      const { count, shared } = yield* setUp()
      yield* Effect.flip(shared.use(() => Effect.fail(new B2Refusal(401, "unauthorized", ""))))
      assert.strictEqual(count(), 1)
    })
  )

  it.effect("renews before the token's day is over", () =>
    Effect.gen(function* () {
      let now = 0
      const { shared } = yield* setUp({ now: () => now })
      now = 23 * 3_600_000 + 1
      assert.strictEqual(yield* shared.use(request("token-1", "token-2")), "token-2")
    })
  )

  it.effect("goes on for the others when the fiber that renews is interrupted", () =>
    Effect.gen(function* () {
      const { count, shared } = yield* setUp({ renewal: Effect.yieldNow })
      const first = yield* Effect.forkChild(shared.use(request("token-2")), { startImmediately: true })
      const second = yield* Effect.forkChild(shared.use(request("token-2")), { startImmediately: true })
      yield* Fiber.interrupt(first)
      assert.strictEqual(yield* Fiber.join(second), "token-2")
      assert.strictEqual(count(), 2)
    })
  )

  it.effect("tells all who wait that a renewal failed, and tries again for the next", () =>
    Effect.gen(function* () {
      const outage = new StorageError({ provider: "b2", operation: "o", reason: new Unavailable({ message: "down" }) })
      const { count, shared } = yield* setUp({ renewal: Effect.fail(outage) })
      const results = yield* Effect.replicateEffect(Effect.flip(shared.use(request("token-2"))), 5, {
        concurrency: "unbounded"
      })
      assert.deepStrictEqual(
        results,
        Array.from({ length: 5 }, () => outage)
      )
      assert.strictEqual(count(), 2)
      yield* Effect.flip(shared.use(request("token-2")))
      assert.strictEqual(count(), 3)
    })
  )
})
