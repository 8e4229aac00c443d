import { assert, describe, it } from "@effect/vitest"
import * as Age from "@ourclone/core/filter/Age"
import { Result } from "effect"

const now = Date.UTC(2020, 8, 5, 8, 15, 5)
const parse = (text: string) =>
  Result.match(Age.parse(text, now), { onFailure: () => "refused", onSuccess: (age) => age })
const day = 86_400_000

describe("Age", () => {
  it("reads lengths of time as rclone does", () => {
    const ages: Record<string, number | undefined> = {
      "0": 0,
      "90": 90_000,
      "1ms": 1,
      "1s": 1000,
      "1m": 60_000,
      "1.5m": 90_000,
      "1h": 3_600_000,
      "1h2m3s": 3_723_000,
      "1d": day,
      "1w": 7 * day,
      "1M": 30 * day,
      "1y": 365 * day,
      "1.5y": 547.5 * day,
      "-1s": -1000,
      "-1.5h": -5_400_000,
      "1.s": 1000,
      "+2d": 2 * day,
      "-2d": -2 * day,
      off: undefined
    }
    for (const [text, age] of Object.entries(ages)) assert.strictEqual(parse(text), age, text)
  })

  it("reads dates as the time since then", () => {
    assert.strictEqual(parse("2020-09-05T08:15:04Z"), 1000)
    assert.strictEqual(parse("2020-09-05T08:15:04.250Z"), 750)
    assert.strictEqual(parse("2020-09-05T10:15:04+02:00"), 1000)
    assert.strictEqual(parse("2020-09-05T09:15:05Z"), -3_600_000)
    assert.strictEqual(parse("2001-02-03"), now - new Date(2001, 1, 3).getTime())
    assert.strictEqual(parse("2001-02-03 10:11:12"), now - new Date(2001, 1, 3, 10, 11, 12).getTime())
    assert.strictEqual(parse("2001-02-03T10:11:12"), now - new Date(2001, 1, 3, 10, 11, 12).getTime())
  })

  it("refuses what is neither", () => {
    for (const text of [
      "",
      "1x",
      "h",
      "1h2",
      "1d2h",
      "OFF",
      "2001-02-31",
      "2001-13-01",
      "2001-2-3",
      "2001-02-03T24:00:00Z",
      "2001-02-03T25:00:00Z",
      "1e12",
      "1e3s",
      "0x10",
      " 1",
      "1 ",
      "1\n",
      "Infinity",
      "NaN",
      "2001-02-03Z"
    ]) {
      assert.strictEqual(parse(text), "refused", text)
    }
  })

  it("writes the three largest units", () => {
    const texts: Record<string, number> = {
      "0s": 0,
      "1ms": 1,
      "1s": 1000,
      "1m30s": 90_000,
      "1h2m3s": 3_723_004,
      "3d23h47m": 4 * day - 12 * 60_000 - 5000,
      "1w": 7 * day,
      "1y2w3d": 382 * day,
      "-1m30s": -90_000
    }
    for (const [text, age] of Object.entries(texts)) assert.strictEqual(Age.format(age), text)
  })
})
