import { describe, it } from "@effect/vitest"
import { accountChecks } from "@ourclone/core/testing/AccountChecks"
import * as ProviderContract from "@ourclone/core/testing/ProviderContract"
import { factory } from "@ourclone/provider-b2/B2Factory"
import { Effect, Redacted } from "effect"
import { emulate, openAt } from "./emulated.ts"

/** Every file kept in a folder of a bucket that does not exist yet, so that roots and first writes are tried too. */
const suites = {
  "a folder of a bucket": { location: "photo-archive/2024/summer", hardDelete: false },
  "a bucket whose files are deleted for good": { location: "photo-archive", hardDelete: true }
}

for (const [title, { hardDelete, location }] of Object.entries(suites)) {
  describe(title, () => {
    for (const check of ProviderContract.checks) {
      it.live(check.name, ({ skip }) =>
        Effect.gen(function* () {
          const emulator = yield* emulate()
          const provider = yield* openAt(emulator, location, { hardDelete })
          yield* provider.buckets?.create("photo-archive") ?? Effect.void
          yield* ProviderContract.runOrSkip(check, provider, skip)
        })
      )
    }
  })
}

describe("an account", () => {
  for (const check of accountChecks) {
    it.live(check.name, () =>
      Effect.gen(function* () {
        const { endpoint, key, keyId } = yield* emulate()
        const secret = `K005${key.slice(4).split("").reverse().join("")}`
        yield* check.run({
          factory,
          values: { keyId, applicationKey: Redacted.make(key), endpoint },
          location: "photo-archive",
          wrong: { applicationKey: Redacted.make(secret) },
          secret,
          unreachable: { endpoint: "http://127.0.0.1:1" }
        })
      })
    )
  }
})
