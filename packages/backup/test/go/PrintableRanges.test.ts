import * as fs from "node:fs"
import { describe, expect, it } from "@effect/vitest"
import { isPrintable } from "../../src/go/PrintableRanges.ts"

describe("PrintableRanges", () => {
  it("says of every code point what Go with Unicode 15 says", () => {
    const file = new URL("../fixtures/go-isprint-unicode15.json", import.meta.url)
    const expected = new Uint8Array(0x110000)
    for (const [first, last] of JSON.parse(fs.readFileSync(file, "utf8"))) expected.fill(1, first, last + 1)
    const wrong: Array<number> = []
    for (let codePoint = 0; codePoint < 0x110000; codePoint++) {
      if (isPrintable(codePoint) !== (expected[codePoint] === 1)) wrong.push(codePoint)
    }
    expect(wrong).toEqual([])
    expect(expected.reduce((sum, one) => sum + one, 0)).toBeGreaterThan(140_000)
  })
})
