import { describe, expect, it } from "@effect/vitest"
import * as ForgetPolicy from "../../src/care/ForgetPolicy.ts"
import * as CalendarDuration from "../../src/go/CalendarDuration.ts"
import * as GoTime from "../../src/go/GoTime.ts"
import { at } from "../support/snapshots.ts"

const times = [
  "2024-01-01T00:30:00Z",
  "2024-01-01T23:30:00Z",
  "2024-01-02T00:30:00+02:00",
  "2024-01-07T12:00:00Z",
  "2024-01-08T00:00:00Z",
  "2024-01-31T23:59:59Z",
  "2024-02-01T00:00:00+01:00",
  "2024-02-29T08:00:00Z",
  "2024-02-29T08:10:00Z",
  "2024-02-29T09:00:00Z",
  "2024-12-29T12:00:00Z",
  "2024-12-30T12:00:00Z",
  "2025-01-01T00:00:00Z",
  "2025-01-05T10:00:00Z",
  "2025-03-30T00:30:00+01:00",
  "2025-03-30T03:30:00+02:00"
]
const newestFirst = [...times].sort(GoTime.compare).reverse()
const now = GoTime.parse("2026-01-01T00:00:00Z")

const span = (text: string): CalendarDuration.CalendarDuration => {
  const parsed = CalendarDuration.parse(text)
  expect(parsed).toBeDefined()
  return parsed!
}

const decide = (policy: ForgetPolicy.ForgetPolicy, among: ReadonlyArray<string> = times, present = now) =>
  ForgetPolicy.apply(
    among.map((time) => at(time)),
    policy,
    present
  )
const kept = (policy: ForgetPolicy.ForgetPolicy, among = times, present = now) =>
  decide(policy, among, present).keep.map(({ time }) => time)
const matching = (beginnings: ReadonlyArray<string>) =>
  beginnings.map((beginning) => times.find((time) => time.startsWith(beginning)))

const lastOfAll = "2025-03-30T03"

describe("ForgetPolicy", () => {
  it("keeps what restic keeps", () => {
    expect(kept({ hourly: 3 })).toEqual(matching([lastOfAll, "2025-03-30T00", "2025-01-05"]))
    expect(kept({ daily: 4 })).toEqual(matching([lastOfAll, "2025-01-05", "2025-01-01", "2024-12-30"]))
    expect(kept({ weekly: 5 })).toEqual(
      matching([lastOfAll, "2025-01-05", "2024-12-29", "2024-02-29T09", "2024-01-31"])
    )
    expect(kept({ monthly: 4 })).toEqual(matching([lastOfAll, "2025-01-05", "2024-12-30", "2024-02-29T09"]))
    expect(kept({ within: span("4m") })).toEqual(newestFirst.slice(0, newestFirst.indexOf("2024-12-29T12:00:00Z") + 1))
    expect(kept({ withinWeekly: span("1y3m") })).toEqual(
      matching([
        lastOfAll,
        "2025-01-05",
        "2024-12-29",
        "2024-02-29T09",
        "2024-01-31",
        "2024-01-08",
        "2024-01-07",
        "2024-01-01T00:30"
      ])
    )
    expect(kept({ daily: 2, weekly: 2, monthly: 2 })).toEqual(matching([lastOfAll, "2025-01-05"]))
    expect(kept({ last: 2 })).toEqual(newestFirst.slice(0, 2))
  })

  it("keeps the oldest of all too, while a rule has some left", () => {
    expect(kept({ yearly: 5 })).toEqual(matching([lastOfAll, "2024-12-30", "2024-01-01T00:30"]))
    const { reasons } = decide({ yearly: 5, daily: 1 })
    expect(reasons.map(({ matches }) => matches)).toEqual([
      ["daily snapshot", "yearly snapshot"],
      ["yearly snapshot"],
      ["oldest yearly snapshot"]
    ])
    expect(kept({ yearly: 2 })).toEqual(matching([lastOfAll, "2024-12-30"]))
  })

  it("goes by the day that each snapshot was written on", () => {
    const mixed = ["2024-01-01T00:30:00Z", "2024-01-01T23:30:00Z", "2024-01-02T00:30:00+02:00"]
    expect(kept({ daily: 2 }, mixed)).toEqual([mixed[1], mixed[2]])
    expect(kept({ daily: ForgetPolicy.unlimited }, mixed)).toEqual([mixed[1], mixed[2], mixed[0]])
  })

  it("keeps one of each for ever with unlimited, and nothing with 0", () => {
    expect(kept({ last: ForgetPolicy.unlimited })).toEqual(newestFirst)
    expect(kept({ yearly: ForgetPolicy.unlimited })).toHaveLength(3)
    expect(kept({ last: 0, daily: 0 })).toEqual([])
    expect(ForgetPolicy.isEmpty({ last: 0, within: span("0d"), tags: [] })).toBe(true)
    for (const policy of [
      { last: -1 },
      { yearly: 1 },
      { within: span("1h") },
      { withinDaily: span("1d") },
      { tags: [[""]] }
    ]) {
      expect(ForgetPolicy.isEmpty(policy)).toBe(false)
    }
  })

  it("counts spans back from the newest that is not in the future, and leaves out their very beginning", () => {
    const some = [
      "2024-03-31T12:00:00Z",
      "2024-03-02T12:00:00Z",
      "2024-03-02T12:00:00.000000001Z",
      "2024-03-02T11:00:00Z"
    ]
    // A month before the 31st of March is the 31st of February: the 2nd of March.
    expect(kept({ within: span("1m") }, some)).toEqual([some[0], some[2]])
    const future = [...some, "2030-01-01T00:00:00Z"]
    expect(kept({ within: span("1m") }, future)).toEqual([future[4], some[0], some[2]])
    expect(kept({ within: span("1h") }, some, 0n)).toHaveLength(4)
  })

  it("keeps snapshots that have all tags of a list, and says so", () => {
    const snapshots = [
      at("2024-01-03T00:00:00Z", { tags: ["a", "b"] }),
      at("2024-01-02T00:00:00Z", { tags: ["a"] }),
      at("2024-01-01T00:00:00Z")
    ]
    const { keep, reasons, remove } = ForgetPolicy.apply(snapshots, { tags: [["a", "b"], ["c"]] }, now)
    expect(keep).toEqual([snapshots[0]])
    expect(reasons[0]?.matches).toEqual(["has tags [a, b]"])
    expect(remove).toEqual([snapshots[1], snapshots[2]])
  })

  it("takes m for months and knows no minutes", () => {
    expect(CalendarDuration.parse("3h30m")).toEqual({ years: 0, months: 30, days: 0, hours: 3 })
    expect(CalendarDuration.format(span("2h1d0m10y"))).toBe("10y1d2h")
    for (const text of ["", "1", "d", "1w", "-1d", "1.5d", "1d ", "1 d"]) {
      expect(CalendarDuration.parse(text)).toBeUndefined()
    }
  })

  it("has the weeks of the ISO calendar at the turn of the year", () => {
    const among = [
      "2020-12-31T00:00:00Z",
      "2021-01-03T00:00:00Z",
      "2021-01-04T00:00:00Z",
      "2018-12-31T00:00:00Z",
      "2019-01-06T00:00:00Z"
    ]
    expect(kept({ weekly: 3 }, among)).toEqual([among[2], among[1], among[4]])
  })
})
