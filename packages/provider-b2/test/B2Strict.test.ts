/** The contract again, on a B2 that is as strict and as awkward as the emulator can be, over https. */
import { describe, it } from "@effect/vitest"
import type { EmulatorOptions } from "@ourclone/b2-emulator/Emulator"
import * as ProviderContract from "@ourclone/core/testing/ProviderContract"
import { Effect } from "effect"
import { emulate, openAt } from "./emulated.ts"

const strict: EmulatorOptions = { https: {}, separatePorts: true }

describe("with every strict and awkward mode on, over https", () => {
  for (const check of ProviderContract.checks) {
    it.live(check.name, () =>
      Effect.gen(function* () {
        const emulator = yield* emulate(strict)
        const provider = yield* openAt(emulator, "photo-archive/2024/summer")
        yield* provider.buckets?.create("photo-archive") ?? Effect.void
        yield* check.run(provider)
      })
    )
  }
})
