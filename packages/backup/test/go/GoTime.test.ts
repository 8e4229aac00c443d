import { describe, expect, it } from "@effect/vitest"
import * as GoTime from "../../src/go/GoTime.ts"
import * as Random from "../support/random.ts"

const second = 1_000_000_000n

describe("GoTime", () => {
  it("reads instants to the nanosecond, before 1970 too", () => {
    expect(GoTime.parse("1970-01-01T00:00:00Z")).toBe(0n)
    expect(GoTime.parse("1970-01-01T00:59:58.5+01:00")).toBe(-1_500_000_000n)
    expect(GoTime.parse("2020-01-02T04:04:05.678901234+01:00")).toBe(1_577_934_245_678_901_234n)
    expect(GoTime.parse("0001-01-01T00:00:00Z")).toBe(-62_135_596_800n * second)
    expect(GoTime.parse("9999-12-31T23:59:59.999999999-23:59")).toBe(253_402_387_139_999_999_999n)
    expect(GoTime.parse("2024-02-29T00:00:00.1234567899Z") % second).toBe(123_456_789n)
    expect(GoTime.read("1971-01-01T00:00:00-00:44")).toEqual({
      seconds: 31_538_640,
      nanoseconds: 0,
      offsetSeconds: -2640
    })
  })

  it.each([
    "",
    "2024-01-01",
    "2024-01-01T00:00:00",
    "2024-01-01 00:00:00Z",
    "2024-01-01t00:00:00Z",
    "2024-01-01T00:00:00z",
    "2024-01-01T00:00:60Z",
    "2024-01-01T24:00:00Z",
    "2024-01-01T00:60:00Z",
    "2023-02-29T00:00:00Z",
    "1900-02-29T00:00:00Z",
    "2024-02-30T00:00:00Z",
    "2024-00-01T00:00:00Z",
    "2024-13-01T00:00:00Z",
    "2024-01-00T00:00:00Z",
    "2024-01-01T00:00:00.Z",
    "2024-01-01T00:00:00+0100",
    "2024-01-01T00:00:00+25:00",
    "2024-01-01T00:00:00+01:61",
    "2024-01-01T0::00:00Z",
    "2024-01-01T00:00:00Z ",
    "24-01-01T00:00:00Z",
    "12024-01-01T00:00:00Z"
  ])("takes %j for no time, as Go does", (text) => {
    expect(GoTime.read(text)).toBeUndefined()
    expect(() => GoTime.parse(text)).toThrow(SyntaxError)
    expect(GoTime.isSame(text, text)).toBe(false)
  })

  it("takes what Go takes although it never writes it", () => {
    for (const text of ["2024-01-01T01:00:00,5Z", "2024-01-01T1:00:00.5Z", "2024-01-02T01:00:00.5+24:00"]) {
      expect(GoTime.parse(text)).toBe(GoTime.parse("2024-01-01T01:00:00.5Z"))
    }
  })

  it("agrees with Date on any millisecond of four-digit years", () => {
    const random = Random.make(99)
    for (let round = 0; round < 3000; round++) {
      const date = new Date(-62_167_219_200_000 + (random.number(2 ** 32) / 2 ** 32) * 315_569_520_000_000)
      expect(GoTime.parse(date.toISOString())).toBe(BigInt(date.getTime()) * 1_000_000n)
    }
  })

  it("compares instants, not the way they are written", () => {
    expect(GoTime.isSame("2024-07-01T01:02:03+02:00", "2024-06-30T23:02:03.000Z")).toBe(true)
    expect(GoTime.isSame("2024-07-01T01:02:03+02:00", "2024-07-01T01:02:03Z")).toBe(false)
    expect(GoTime.isSame("2024-07-01T01:02:03.5Z", "2024-07-01T01:02:03.500000001Z")).toBe(false)
    expect(GoTime.compare("2024-01-01T23:30:00Z", "2024-01-02T00:30:00+02:00")).toBeGreaterThan(0)
    expect(GoTime.compare("2024-01-01T23:30:00.1Z", "2024-01-01T23:30:00.2Z")).toBeLessThan(0)
  })
})
