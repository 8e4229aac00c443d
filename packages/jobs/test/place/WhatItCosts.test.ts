import { assert, describe, it } from "@effect/vitest"
import type { Capabilities } from "@ourclone/core/contract/Capabilities"
import * as Told from "@ourclone/core/testing/Told"
import * as Effect from "effect/Effect"
import * as WhatItCosts from "../../src/place/WhatItCosts.ts"

const capabilities = { isLocal: false } as Capabilities
const rates = {
  asOf: "2026-01",
  currency: "USD",
  storedGBMonth: 1,
  fetchedGB: 1,
  thousandReads: 0,
  thousandListings: 0
}

describe("the most that a run may cost", () => {
  it.effect("is held against what is known, and a note names the storage of which nothing is", () =>
    Effect.gen(function* () {
      const tell = Told.make()
      const known = { storage: { name: "b2:a", rates, capabilities }, storedBytes: 1e9 }
      yield* WhatItCosts.refuse([known], 1, tell)
      assert.deepStrictEqual(tell.facts, [])
      yield* WhatItCosts.refuse([known, { storage: { name: "s3:b", rates: undefined, capabilities } }], 1, tell)
      assert.lengthOf(tell.facts, 1)
      assert.include(JSON.stringify(tell.facts), "what s3:b charges is not known")
      assert.strictEqual((yield* Effect.flip(WhatItCosts.refuse([known], 0.5, tell)))._tag, "LimitReached")
    })
  )
})
