import { expect, test } from "vitest"
import { wanted } from "../../src/bytes/ByteRanges.ts"

const all = { _tag: "All" }
const part = (offset: number, length: number) => ({ _tag: "Part", offset, length })

test.each([
  [null, 10, all],
  ["bytes=0-3", 10, part(0, 4)],
  ["bytes=4-", 10, part(4, 6)],
  ["bytes=4-99", 10, part(4, 6)],
  ["bytes=-3", 10, part(7, 3)],
  ["bytes=-99", 10, part(0, 10)],
  ["bytes=10-", 10, { _tag: "Outside" }],
  ["bytes=-0", 10, { _tag: "Outside" }],
  ["bytes=0-", 0, { _tag: "Outside" }],
  ["bytes=5-3", 10, all],
  ["bytes=0-1,3-4", 10, all],
  ["bytes=-", 10, all],
  ["lines=0-3", 10, all],
  ["bytes=a-b", 10, all]
])("%s of %i bytes", (header, size, expected) => {
  expect(wanted(header, size)).toEqual(expected)
})
