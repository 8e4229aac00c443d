import { assert, describe, it } from "@effect/vitest"
import type { Capabilities } from "../../src/contract/Capabilities.ts"
import type { Rates } from "../../src/contract/Rates.ts"
import * as Cost from "../../src/engine/Cost.ts"

const rates: Rates = {
  asOf: "2026-09",
  currency: "USD",
  storedGBMonth: 6,
  fetchedGB: 10,
  thousandReads: 1,
  thousandListings: 4
}

const storage = (name: string, charges?: Rates, isLocal = false): Cost.Use["storage"] => ({
  name,
  rates: charges,
  capabilities: { isLocal } as Capabilities
})

describe("what a run would cost", () => {
  it("is the sum of what each storage charges for", () => {
    const uses: ReadonlyArray<Cost.Use> = [
      { storage: storage("b2:a", rates), fetchedBytes: 2e9, reads: 500, listedFiles: 1001, calls: 3 },
      { storage: storage("b2:b", { ...rates, asOf: "2025-01" }), sentBytes: 1e9, storedBytes: 3e9, listedFiles: 0 },
      { storage: storage("/home", undefined, true), fetchedBytes: 1e12, storedBytes: 1e12, reads: 1e6 }
    ]
    assert.deepEqual(Cost.of(uses), {
      currency: "USD",
      asOf: "2025-01",
      once: 20 + 0.5 + (2 * 4) / 1000 + (3 * 4) / 1000 + 4 / 1000,
      monthly: 18,
      sentBytes: 1e9,
      fetchedBytes: 2e9
    })
  })

  it("names the storages of whose charges nothing is known, and is none where that is all", () => {
    const [b2, s3, local] = [storage("b2:a", rates), storage("s3:b"), storage("/home", undefined, true)]
    const known = Cost.of([{ storage: b2, storedBytes: 1e9 }, { storage: s3 }, { storage: s3 }])
    assert.deepEqual(known?.unknown, ["s3:b"])
    assert.include(Cost.words(known!), "and without what s3:b charges, which is not known")
    assert.strictEqual(Cost.of([{ storage: s3 }, { storage: local }]), undefined)
    assert.deepEqual(
      [Cost.unknownOf([{ storage: s3 }, { storage: local }]), Cost.unknownOf([{ storage: local }])],
      [["s3:b"], []]
    )
  })

  it("counts a file that gets another time or owner as one more version, where versions are kept", () => {
    const side = (keepsVersions: boolean) =>
      ({ ...storage("b2:a", rates), capabilities: { keepsVersions }, place: { account: keepsVersions } }) as never
    const totals = { sourceFiles: 0, destinationFiles: 0, putFiles: 0, putBytes: 0, copiedBytes: 0 }
    const touched = { ...totals, touchedFiles: 1000, touchedBytes: 1e12 } as never
    const monthly = (keepsVersions: boolean) => Cost.of(Cost.ofPlan(side(false), side(keepsVersions), touched))
    assert.deepStrictEqual([monthly(true)?.monthly, monthly(false)?.monthly], [6000, 0])
    assert.approximately(monthly(true)!.once, (4 * 1002) / 1000, 1e-9)
  })

  it("is refused above what is allowed, and not at it", () => {
    const cost = Cost.of([{ storage: storage("b2:a", rates), storedBytes: 1e9, fetchedBytes: 1e8 }])!
    assert.strictEqual(Cost.refusal(cost, 7), undefined)
    assert.include(Cost.refusal(cost, 6.99)!, "it would cost 1.00 USD at once and 6.00 a month")
  })

  it.each([
    [0, "0.00"],
    [1.5, "1.50"],
    [0.001, "0.001"],
    [1e-10, "0.0000000001"],
    [6.995, "6.995"]
  ])("names the limit as it was given: %d", (most, named) => {
    const cost = Cost.of([{ storage: storage("b2:a", rates), storedBytes: 1e9, fetchedBytes: 1e8 }])!
    assert.include(Cost.refusal(cost, most)!, `; at most ${named} is allowed`)
  })
})
