import { assert, describe, it } from "@effect/vitest"
import { StorageError, Unavailable } from "@ourclone/core/contract/StorageError"
import * as UploadUrls from "@ourclone/provider-b2/api/UploadUrls"
import { Effect, Fiber, Redacted } from "effect"

const open = (now?: () => number) => {
  let fetched = 0
  const fetch = Effect.sync(() => ({ origin: "https://pod", path: `/${++fetched}`, token: Redacted.make("secret") }))
  return UploadUrls.make(fetch, now)
}

const path = (url: UploadUrls.UploadUrl) => Effect.succeed(url.path)
const outage = new StorageError({ provider: "b2", operation: "put", reason: new Unavailable({ message: "503" }) })

describe("UploadUrls", () => {
  it.effect("uses a URL again after an upload that succeeded", () =>
    Effect.gen(function* () {
      const urls = open()
      assert.strictEqual(yield* urls.use(path), "/1")
      assert.strictEqual(yield* urls.use(path), "/1")
    })
  )

  it.effect("drops a URL after an upload that failed", () =>
    Effect.gen(function* () {
      const urls = open()
      yield* Effect.flip(urls.use(() => Effect.fail(outage)))
      assert.strictEqual(yield* urls.use(path), "/2")
    })
  )

  it.effect("drops a URL after an upload that was interrupted", () =>
    Effect.gen(function* () {
      const urls = open()
      const fiber = yield* Effect.forkChild(
        urls.use(() => Effect.never),
        { startImmediately: true }
      )
      yield* Fiber.interrupt(fiber)
      assert.strictEqual(yield* urls.use(path), "/2")
    })
  )

  it.effect("never lends one URL to two uploads at once", () =>
    Effect.gen(function* () {
      const urls = open()
      const busy = new Set<string>()
      let most = 0
      const upload = Effect.fnUntraced(function* (url: UploadUrls.UploadUrl) {
        assert.isFalse(busy.has(url.path))
        busy.add(url.path)
        most = Math.max(most, busy.size)
        yield* Effect.yieldNow
        busy.delete(url.path)
      })
      yield* Effect.all(
        Array.from({ length: 10 }, () => urls.use(upload)),
        { concurrency: 4 }
      )
      assert.strictEqual(most, 4)
      assert.match(yield* urls.use(path), /^\/[1-4]$/, "no more than four were fetched")
    })
  )

  it.effect("drops a URL before B2 stops honouring it", () =>
    Effect.gen(function* () {
      let now = 0
      const urls = open(() => now)
      yield* urls.use(path)
      now = 22 * 3_600_000
      assert.strictEqual(yield* urls.use(path), "/1")
      now = 23 * 3_600_000
      assert.strictEqual(yield* urls.use(path), "/2")
    })
  )

  it.effect("keeps its token out of logs", () =>
    Effect.gen(function* () {
      assert.notInclude(JSON.stringify(yield* open().use(Effect.succeed)), "secret")
    })
  )
})
