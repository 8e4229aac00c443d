import { expect, test } from "vitest"
import { printable, shorten, widthOf } from "../../src/events/PrintableText.ts"

test("what is not seen, or turns the text around, is spelled out, so that no two names look the same", () => {
  const spelled: ReadonlyArray<readonly [string, string]> = [
    ["a\u200bb", "a\\u200bb"],
    ["\ufeffa", "\\ufeffa"],
    ["soft\u00adhyphen", "soft\\xadhyphen"],
    ["a\u2060b\u2064", "a\\u2060b\\u2064"],
    ["\u200fa\u200e\u061c", "\\u200fa\\u200e\\u061c"],
    ["filler\u3164\uffa0", "filler\\u3164\\uffa0"],
    ["tag\u{e0041}", "tag\\u{e0041}"],
    ["two\nlines\u2028three", "two␊lines\\u2028three"],
    ["csi\u009b31m", "csi\\x9b31m"]
  ]
  for (const [name, shown] of spelled) expect(printable(name)).toBe(shown)
})

test("joiners of words and emoji, and marks above letters, stay as they are and take no column", () => {
  for (const [name, width] of [
    ["می‌خواهم", 7],
    ["👩‍👩‍👧", 2],
    ["e\u0301", 1],
    ["日本", 4]
  ] as const) {
    expect(printable(name)).toBe(name)
    expect([name, widthOf(name)]).toEqual([name, width])
  }
})

test("what is left out of the middle cuts no letter from its marks", () => {
  expect(shorten("e\u0301".repeat(10), 4)).toBe("e\u0301…e\u0301e\u0301")
})
