import * as Result from "effect/Result"
import { expect, it } from "vitest"
import * as When from "../../src/schedule/When.ts"

const parse = (cron: string, zone = "Europe/Berlin", more = {}) => {
  const when = When.parse({ cron, zone, ...more })
  if (Result.isFailure(when)) throw new Error(when.failure.message)
  return when.success
}
const at = (text: string): number => Date.parse(text)
const shown = (moments: ReadonlyArray<number>) => moments.map((moment) => new Date(moment).toISOString().slice(5, 16))

it("a time that spring leaves out comes an hour later, once, and one that autumn has twice comes once", () => {
  const when = parse("30 2 * * *")
  expect(shown(When.upcoming(when, at("2026-03-28T12:00:00Z"), 2))).toEqual(["03-29T01:30", "03-30T00:30"])
  expect(shown(When.upcoming(when, at("2026-10-24T12:00:00Z"), 2))).toEqual(["10-25T00:30", "10-26T01:30"])
})

it("every half hour leaves no gap when the clock is put back", () => {
  for (const cron of ["*/30 * * * *", "*/30 */1 * * *", "*/30 0-23 * * *", "*/30 00-23/1 * * *"]) {
    const found = When.upcoming(parse(cron), at("2026-10-24T23:45:00Z"), 6)
    expect(found.map((moment, index) => moment - (found[index - 1] ?? moment - 1_800_000))).toEqual(
      Array.from({ length: 6 }, () => 1_800_000)
    )
  }
})

it("the last moment is found again, to the second", () => {
  const when = parse("0 2 * * *", "UTC")
  const due = at("2026-05-02T02:00:00Z")
  expect(when.last(due)).toBe(due)
  expect(when.last(due + 86_399_999)).toBe(due)
  expect(when.last(due - 1)).toBe(due - 86_400_000)
})

it("names of times stand for their expressions", () => {
  expect(shown(When.upcoming(parse("@weekly", "UTC"), at("2026-05-01T00:00:00Z"), 1))).toEqual(["05-03T00:00"])
  expect(shown(When.upcoming(parse("@Daily", "UTC"), at("2026-05-01T00:00:00Z"), 1))).toEqual(["05-02T00:00"])
})

it("jitter is the same each time, and what is shown is when it runs", () => {
  const jitterMillis = 600_000
  const ids = Array.from({ length: 20 }, (_, index) => `schedule ${index}`)
  const later = ids.map((id) => {
    const when = parse("0 2 * * *", "UTC", { id, jitterMillis })
    const [next] = When.upcoming(when, at("2026-05-01T12:00:00Z"), 1)
    expect(when.last(next!)).toBe(next)
    expect(when.last(next! - 1)).toBe(next! - 86_400_000)
    return next! - at("2026-05-02T02:00:00Z")
  })
  expect(Math.min(...later)).toBeGreaterThanOrEqual(0)
  expect(Math.max(...later)).toBeLessThanOrEqual(jitterMillis)
  expect(new Set(later).size).toBeGreaterThan(10)
})

it.each([
  ["30 2 * *", "UTC", "cron", "write minute, hour"],
  ["0 0 31 2 *", "UTC", "cron", "never comes"],
  ["61 * * * *", "UTC", "cron", "is no time"],
  ["* * * * * *", "UTC", "cron", "write minute, hour"],
  ["0 2 * * *", "Europe/Berln", "zone", "no time zone"]
])("%s in %s is refused with what is wrong of its %s", (cron, zone, field, words) => {
  const when = When.parse({ cron, zone })
  const wrong = Result.isFailure(when) ? when.failure : undefined
  expect([wrong?.field, wrong?.message]).toEqual([field, expect.stringContaining(words)])
})
