/** The contract again, on a B2 that is as strict and as awkward as the emulator can be, over https. */
import { assert, describe, it } from "@effect/vitest"
import type { EmulatorOptions } from "@ourclone/b2-emulator/Emulator"
import { fromBytes } from "@ourclone/core/contract/ByteSource"
import { makeUnsafe } from "@ourclone/core/contract/RemotePath"
import { retrying } from "@ourclone/core/layers/Retry"
import * as ProviderContract from "@ourclone/core/testing/ProviderContract"
import { Effect } from "effect"
import { emulate, openAt } from "./emulated.ts"

const strict: EmulatorOptions = {
  https: {},
  separatePorts: true,
  shortPages: true,
  abruptErrors: true,
  defaultEncryption: true
}

const setUp = (options: EmulatorOptions = {}) =>
  Effect.gen(function* () {
    const emulator = yield* emulate({ ...strict, ...options })
    const provider = yield* openAt(emulator, "photo-archive/2024/summer")
    yield* provider.buckets?.create("photo-archive") ?? Effect.void
    return { emulator, provider }
  })

describe("with every strict and awkward mode on, over https", () => {
  for (const check of ProviderContract.checks) {
    it.live(check.name, ({ skip }) =>
      Effect.flatMap(setUp(), ({ provider }) => ProviderContract.runOrSkip(check, provider, skip))
    )
  }

  it.live("a page that ends early is not taken for an empty directory", () =>
    Effect.gen(function* () {
      const { emulator, provider } = yield* setUp()
      yield* provider.put(makeUnsafe("full/a.txt"), fromBytes(Buffer.from("a")), { modifiedAt: 0 })
      yield* provider.makeDirectory!(makeUnsafe("full"))
      assert.strictEqual(emulator.versionCount(), 1, "no marker was stored")
    })
  )

  it.live("files come through a rate limit and the pages of a proxy, given time", () =>
    Effect.gen(function* () {
      const { emulator, provider } = yield* setUp({ rateLimit: 8 })
      emulator.failNext("b2_get_upload_url", "502-html", 2)
      emulator.failNext("b2_upload_file", "502-html", 2)
      emulator.failNext("b2_download_file_by_id", "502-html", 2)
      const names = Array.from({ length: 8 }, (_, index) => `${index}.txt`)
      yield* Effect.forEach(
        names,
        (name) =>
          Effect.gen(function* () {
            const source = fromBytes(Buffer.from(name))
            const file = yield* retrying(provider.put(makeUnsafe(name), source, { modifiedAt: 0 }))
            const bytes = yield* retrying(provider.readAll(file))
            assert.strictEqual(Buffer.from(bytes).toString(), name)
          }),
        { concurrency: "unbounded", discard: true }
      )
      assert.strictEqual(emulator.versionCount(), 8)
    })
  )
})
