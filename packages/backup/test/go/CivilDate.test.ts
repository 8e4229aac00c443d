import { describe, expect, it } from "@effect/vitest"
import * as CivilDate from "../../src/go/CivilDate.ts"

describe("CivilDate", () => {
  it("agrees with Date on every day of a thousand years", () => {
    for (let days = CivilDate.daysOf(1582, 1, 1); days < CivilDate.daysOf(2582, 1, 1); days += 7) {
      const date = new Date(days * 86_400_000)
      const expected = { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() }
      expect(CivilDate.dateOf(days)).toEqual(expected)
      expect(CivilDate.daysOf(expected.year, expected.month, expected.day)).toBe(days)
    }
  })

  it("rolls months and days over as Go's calendar does", () => {
    expect(CivilDate.dateOf(CivilDate.daysOf(2025, 2, 31))).toEqual({ year: 2025, month: 3, day: 3 })
    expect(CivilDate.dateOf(CivilDate.daysOf(2025, 0, 15))).toEqual({ year: 2024, month: 12, day: 15 })
    expect(CivilDate.dateOf(CivilDate.daysOf(2024, -11, 0))).toEqual({ year: 2022, month: 12, day: 31 })
    expect(CivilDate.dateOf(CivilDate.daysOf(2024, 14, 1))).toEqual({ year: 2025, month: 2, day: 1 })
    expect(CivilDate.dateOf(CivilDate.daysOf(-1, 3, 1))).toEqual({ year: -1, month: 3, day: 1 })
  })
})
