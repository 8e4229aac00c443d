import { assert, describe, it } from "@effect/vitest"
import * as MemoryProvider from "@ourclone/core/testing/MemoryProvider"
import * as ProviderContract from "@ourclone/core/testing/ProviderContract"
import { Effect } from "effect"
import { at, put, textAt } from "../src/testing/Check.ts"

const suites: Record<string, MemoryProvider.Options> = {
  "as it is": {},
  "rooted at a folder": { location: "some/folder" },
  "with old versions": { location: "some/folder", keepsVersions: true },
  "with old versions whose ids listings leave out": { keepsVersions: true, listsVersionIds: false },
  "with identities instead of versions, and listings without times": { hasVersionIds: false, listsTimes: false }
}

describe("MemoryProvider", () => {
  for (const [title, options] of Object.entries(suites)) {
    describe(title, () => {
      for (const check of ProviderContract.checks) {
        it.effect(check.name, ({ skip }) =>
          Effect.suspend(() => ProviderContract.runOrSkip(check, MemoryProvider.make(options), skip))
        )
      }
    })
  }

  it.effect("copies between two folders of one account", () =>
    Effect.gen(function* () {
      const photos = MemoryProvider.make({ location: "photos" })
      const backup = MemoryProvider.make({ location: "backup", account: photos.memory })
      const file = yield* put(photos, "a.txt", "hello")
      yield* backup.copy!(file, photos.location, at("b.txt"))
      assert.strictEqual(backup.place.account, photos.place.account)
      assert.strictEqual(yield* textAt(backup, "b.txt"), "hello")
    })
  )
})
