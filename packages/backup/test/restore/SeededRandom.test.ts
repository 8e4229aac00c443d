import * as SeededRandom from "@ourclone/backup/restore/SeededRandom"
import { assert, describe, it } from "vitest"

const take = (seed: string, count: number) => {
  const random = SeededRandom.make(seed)
  return Array.from({ length: count }, random)
}

describe("SeededRandom", () => {
  it("gives the same numbers for the same seed for ever, and others for another", () => {
    assert.deepEqual(
      take("ourclone", 4).map((number) => number * 2 ** 32),
      [3445219657, 2753806459, 892241881, 4285535216]
    )
    assert.notDeepEqual(take("a", 4), take("b", 4))
  })

  it("spreads evenly from 0 to 1", () => {
    const buckets = new Uint32Array(10)
    for (const number of take("even", 100_000)) buckets[Math.floor(number * 10)]!++
    for (const count of buckets) assert.closeTo(count, 10_000, 500)
  })
})
