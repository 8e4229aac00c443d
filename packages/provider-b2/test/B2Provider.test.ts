import { describe, it } from "@effect/vitest"
import * as ProviderContract from "@ourclone/core/testing/ProviderContract"
import { Effect } from "effect"
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
