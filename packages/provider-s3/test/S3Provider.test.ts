import { describe, expect, it } from "@effect/vitest"
import { root } from "@ourclone/core/contract/RemotePath"
import { accountChecks } from "@ourclone/core/testing/AccountChecks"
import { at, put } from "@ourclone/core/testing/Check"
import * as ProviderContract from "@ourclone/core/testing/ProviderContract"
import { factory } from "@ourclone/provider-s3/S3Factory"
import { Effect, Redacted, Stream } from "effect"
import { emulate, type Given, openAt } from "./emulated.ts"

const suites: Record<string, { location: string; door: object; options: Given }> = {
  "a folder of a bucket that keeps versions": { location: "photo-archive/2024/summer", door: {}, options: {} },
  "a bucket that keeps nothing": {
    location: "photo-archive",
    door: { keepsVersions: false },
    options: { listVersion: "1" }
  },
  "B2's own S3 side": {
    location: "photo-archive/2024",
    door: {},
    options: { provider: "Backblaze", conditionalWrites: false, hardDelete: true }
  }
}

for (const [title, { door, location, options }] of Object.entries(suites)) {
  describe(title, () => {
    for (const check of ProviderContract.checks) {
      it.live(check.name, ({ skip }) =>
        Effect.gen(function* () {
          const emulator = yield* emulate(door)
          const account = yield* openAt(emulator, "", options)
          yield* account.buckets?.create("photo-archive") ?? Effect.void
          const provider = yield* openAt(emulator, location, options)
          yield* ProviderContract.runOrSkip(check, provider, skip)
        })
      )
    }
  })
}

for (const listVersion of ["1", "2"] as const) {
  it.live(`a listing by version ${listVersion} after a path begins there`, () =>
    Effect.gen(function* () {
      const emulator = yield* emulate()
      yield* (yield* openAt(emulator, "")).buckets?.create("photo-archive") ?? Effect.void
      const provider = yield* openAt(emulator, "photo-archive/2024", { listVersion })
      for (const name of ["a/b", "a/m", "a/z", "b/x"]) yield* put(provider, name, name)
      const found = yield* Stream.runCollect(provider.list(root, { after: at("a/m") }))
      expect(found.map(({ path }) => path)).toEqual(["a/z", "b/x"])
    })
  )
}

describe("an account", () => {
  for (const check of accountChecks) {
    it.live(check.name, () =>
      Effect.gen(function* () {
        const { endpoint, key, keyId } = yield* emulate()
        const secret = key.split("").reverse().join("")
        yield* check.run({
          factory,
          values: { accessKeyId: keyId, secretAccessKey: Redacted.make(key), endpoint },
          location: "photo-archive",
          wrong: { secretAccessKey: Redacted.make(secret) },
          secret,
          unreachable: { endpoint: "http://127.0.0.1:1" }
        })
      })
    )
  }
})

it.live("a bucket that is not there is made and named, and not where that is refused", () =>
  Effect.gen(function* () {
    const emulator = yield* emulate()
    const account = yield* openAt(emulator, "")
    const names = Effect.map(Stream.runCollect(account.buckets!.list), (found) => found.map(({ name }) => name))
    const refused = yield* openAt(emulator, "photo-archive", { createsBuckets: false })
    const error = yield* Effect.flip(put(refused, "a", "a"))
    expect(error.message).toContain('there is no bucket "photo-archive"')
    expect(yield* names).toEqual([])
    const provider = yield* openAt(emulator, "photo-archive")
    expect(provider.remarks?.()).toEqual([])
    yield* put(provider, "a", "a")
    yield* put(provider, "b", "b")
    expect(yield* names).toEqual(["photo-archive"])
    expect(provider.remarks?.()).toMatchObject([{ code: "bucketCreated" }])
  })
)
