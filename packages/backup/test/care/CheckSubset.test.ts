import { describe, expect, it } from "@effect/vitest"
import * as CheckSubset from "../../src/care/CheckSubset.ts"
import * as Random from "../support/random.ts"

const { bytes, number } = Random.make(7)
const packs = Array.from({ length: 300 }, () => ({ id: bytes(32).toString("hex"), size: 100 }))

describe("CheckSubset", () => {
  it("parts in turn are every pack once", () => {
    for (const of of [1, 7, 256]) {
      const parts = Array.from({ length: of }, (_, part) =>
        CheckSubset.select(packs, { _tag: "Part", part: part + 1, of })
      )
      expect(
        parts
          .flat()
          .map(({ id }) => id)
          .sort()
      ).toEqual(packs.map(({ id }) => id).sort())
    }
  })
  it("a part holds the packs that restic's does", () => {
    const pack = { id: `05${"0".repeat(62)}`, size: 1 }
    expect(CheckSubset.select([pack], { _tag: "Part", part: 2, of: 4 })).toEqual([pack])
    expect(CheckSubset.select([pack], { _tag: "Part", part: 1, of: 4 })).toEqual([])
  })
  it("a share is a random choice of so many packs, of one at least", () => {
    const chosen = CheckSubset.select(packs, { _tag: "Percent", percent: 10 }, number)
    expect(new Set(chosen).size).toBe(30)
    expect(chosen).not.toEqual(packs.slice(0, 30))
    expect(CheckSubset.select(packs, { _tag: "Percent", percent: 0.01 }, number)).toHaveLength(1)
  })
  it("a size is a random choice of packs that fit into it, of one at least", () => {
    expect(CheckSubset.select(packs, { _tag: "Bytes", bytes: 1050 }, number)).toHaveLength(10)
    expect(CheckSubset.select(packs, { _tag: "Bytes", bytes: 1 }, number)).toHaveLength(1)
  })
  it("reads what restic reads, and says what is wrong with the rest", () => {
    expect(CheckSubset.parse("3/10")).toEqual({ _tag: "Part", part: 3, of: 10 })
    expect(CheckSubset.parse("2.5%")).toEqual({ _tag: "Percent", percent: 2.5 })
    expect(CheckSubset.parse("10G")).toEqual({ _tag: "Bytes", bytes: 10 * 1024 ** 3 })
    for (const text of ["0/3", "4/3", "1/257", "0%", "101%", "", "some", "-1G"]) {
      expect(CheckSubset.parse(text), text).toBeTypeOf("string")
    }
  })
})
