import { describe, expect, it } from "@effect/vitest"
import * as GoJson from "../../src/go/GoJson.ts"
import * as Random from "../support/random.ts"

describe("GoJson", () => {
  it("escapes what Go escapes and nothing else", () => {
    expect(GoJson.quote("plain ünï 日本 𝒳 \u007f\u00a0\ufeff\ufffd")).toBe(
      '"plain ünï 日本 𝒳 \u007f\u00a0\ufeff\ufffd"'
    )
    expect(GoJson.quote('"\\/')).toBe('"\\"\\\\/"')
    expect(GoJson.quote("<a>&")).toBe('"\\u003ca\\u003e\\u0026"')
    expect(GoJson.quote("\u2027\u2028\u2029\u202a")).toBe('"\u2027\\u2028\\u2029\u202a"')
    expect(GoJson.quote("\n\r\t\b\f\u0000\u000b\u001f")).toBe('"\\n\\r\\t\\b\\f\\u0000\\u000b\\u001f"')
  })

  it("writes \\ufffd for each byte that is not UTF-8, and U+FFFD as itself", () => {
    expect(GoJson.quote(GoJson.textOf(Buffer.of(0x61, 0xff, 0xe2, 0x82, 0xef, 0xbf, 0xbd)))).toBe(
      '"a\\ufffd\\ufffd\\ufffd\ufffd"'
    )
    expect(GoJson.textOf(Buffer.from("a𝒳é"))).toBe("a𝒳é")
  })

  it("is read back by any reader of JSON", () => {
    const random = Random.make(7)
    for (let round = 0; round < 2000; round++) {
      const text = Random.oddName(random).toString()
      expect(JSON.parse(GoJson.quote(text))).toBe(text)
    }
  })

  it("writes a parsed value in the order it was in", () => {
    const json = '{"z":[1,-2.5,true,null,"\\u003c"],"a":{"b":{}}}'
    expect(GoJson.encode(JSON.parse(json))).toBe(json)
  })
})
