import { describe, expect, it } from "@effect/vitest"
import * as GoQuote from "../../src/go/GoQuote.ts"
import * as Random from "../support/random.ts"

const bytes = (...values: ReadonlyArray<number>) => Buffer.from(values)

describe("GoQuote", () => {
  it("writes names as restic does", () => {
    const quoted = (name: string | Buffer) => GoQuote.quote(Buffer.from(name))
    expect(quoted("plain name's.txt")).toBe("plain name's.txt")
    expect(quoted("<&>")).toBe("<&>")
    expect(quoted('a"b\\c')).toBe('a\\"b\\\\c')
    expect(quoted("\u0007\b\f\n\r\t\v")).toBe("\\a\\b\\f\\n\\r\\t\\v")
    expect(quoted("\u0000\u001b\u007f")).toBe("\\x00\\x1b\\x7f")
    expect(quoted("ünï日本\ufffd𝒳🫨")).toBe("ünï日本\ufffd𝒳🫨")
    expect(quoted("\u0085\u00a0\u00ad\u200d\u2028\ue000\ufeff")).toBe(
      "\\u0085\\u00a0\\u00ad\\u200d\\u2028\\ue000\\ufeff"
    )
    expect(quoted("\u{e0001}\u{10ffff}")).toBe("\\U000e0001\\U0010ffff")
  })

  it("writes each byte that is not UTF-8 for itself", () => {
    expect(GoQuote.quote(bytes(0x6c, 0xe9))).toBe("l\\xe9")
    expect(GoQuote.quote(bytes(0xed, 0xa0, 0x80))).toBe("\\xed\\xa0\\x80")
    expect(GoQuote.quote(bytes(0xe2, 0x82))).toBe("\\xe2\\x82")
    expect(GoQuote.quote(bytes(0xe2, 0x82, 0x41))).toBe("\\xe2\\x82A")
    expect(GoQuote.quote(bytes(0xc1, 0xbf, 0xe0, 0x9f, 0xbf))).toBe("\\xc1\\xbf\\xe0\\x9f\\xbf")
    expect(GoQuote.quote(bytes(0xf0, 0x8f, 0xbf, 0xbf, 0xf4, 0x90, 0x80, 0x80))).toBe(
      "\\xf0\\x8f\\xbf\\xbf\\xf4\\x90\\x80\\x80"
    )
  })

  it("reads back any bytes that it wrote", () => {
    const random = Random.make(20_240)
    for (let round = 0; round < 4000; round++) {
      const name = round % 2 === 0 ? random.bytes(random.number(12)) : Random.oddName(random)
      const quoted = GoQuote.quote(name)
      expect(GoQuote.unquote(quoted)).toEqual(name)
      expect(GoQuote.unusual(quoted, name)).toBeUndefined()
    }
  })

  it("reads escapes that are not needed", () => {
    expect(GoQuote.unquote("\\303\\251")).toEqual(Buffer.from("é"))
    expect(GoQuote.unquote("\\x41\\u0042\\U00000043")).toEqual(Buffer.from("ABC"))
    expect(GoQuote.unquote("\\u00E9 it's\ttab")).toEqual(Buffer.from("é it's\ttab"))
    expect(GoQuote.unusual("\\x41", Buffer.from("A"))).toBe("\\x41")
  })

  it.each([
    'bare"mark',
    '"',
    "line\nfeed",
    "it\\'s",
    "\\",
    "\\z",
    "\\x4",
    "\\x4g",
    "\\u12",
    "\\ud800",
    "\\U00110000",
    "\\400",
    "\\38",
    "\\8",
    "\\constructor"
  ])("refuses %j, as Go does", (text) => {
    expect(() => GoQuote.unquote(text)).toThrow(SyntaxError)
  })
})
