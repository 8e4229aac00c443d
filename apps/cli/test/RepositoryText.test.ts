import * as Amount from "@ourclone/core/events/Amount"
import { Effect, Result } from "effect"
import { describe, expect, test } from "vitest"
import * as ByteProgress from "../src/repository/ByteProgress.ts"
import { ofRestic } from "../src/repository/RepositoryPlace.ts"
import * as Table from "../src/repository/Table.ts"
import * as Units from "../src/repository/Units.ts"

describe("units", () => {
  test.each([
    ["500", 500],
    ["500K", 512_000],
    ["1.5G", 1_610_612_736],
    ["10MiB", 10_485_760]
  ])("the size %s is %d bytes", (text, bytes) => {
    expect(Units.size(text)).toEqual(Result.succeed(bytes))
  })

  test.each([
    ["90s", 90_000],
    ["1h30m", 5_400_000],
    ["7d", 604_800_000],
    ["100ms", 100]
  ])("the span %s is %d milliseconds", (text, millis) => {
    expect(Units.duration(text)).toEqual(Result.succeed(millis))
  })

  test.each([
    ["2026-11-21T20:45:00+01:00", Date.UTC(2026, 10, 21, 19, 45)],
    ["2026-11-21 20:45:00", new Date(2026, 10, 21, 20, 45).getTime()],
    ["2026-11-21", new Date(2026, 10, 21).getTime()]
  ])("the time %s is meant in local time unless it says another", (text, millis) => {
    expect(Units.moment(text)).toEqual(Result.succeed(millis))
  })

  test.each([
    "2024-02-30",
    "2023-02-29 12:00:00",
    "2024-04-31T12:00:00Z",
    "2024-13-01",
    "2024-00-10",
    "2024-01-00",
    "2024-01-01 24:00:00",
    "2024-01-01 12:60:00",
    "1e12",
    "0x10",
    " 2024-01-01"
  ])("%j is no time, and none is made of it", (text) => {
    expect(Result.getOrUndefined(Result.flip(Units.moment(text)))).toContain(`"${text}" is not a time`)
  })

  test.each(["", "G", "-1", "1X", "1 G", "1e3", "0x10", " 1"])("%j is no size", (text) => {
    expect(Result.getOrUndefined(Result.flip(Units.size(text)))).toContain(`"${text}" is not a size`)
  })
})

test.each([
  ["b2:bucket:some/path", "b2://bucket/some/path"],
  ["b2:bucket:/path", "b2://bucket/path"],
  ["/mnt/disk", "/mnt/disk"],
  ["local:/mnt/disk", "/mnt/disk"],
  ["disk/backup", "disk/backup"]
])("restic's repository %s is %s", (restic, place) => {
  expect(Effect.runSync(ofRestic(restic))).toBe(place)
})

test("a table leaves out columns without content, and keeps wide names and several lines in line", () => {
  const rows = [
    ["1", "", "写真\nb", "x"],
    ["22", "", "c", "y"]
  ]
  expect(Table.lines(["ID", "Empty", "Tags", "End"], rows)).toEqual([
    "ID  Tags  End",
    "1   写真  x",
    "    b",
    "22  c     y"
  ])
})

test("one file is one file", () => {
  expect(Amount.someFiles(0, 1, "")).toBe("0 of 1 file")
  expect(Amount.someFiles(1, 2000, "")).toBe("1 of 2,000 files")
  expect(Amount.someFiles(0, 1, "+")).toBe("0 of 1+ files")
})

test("the time left is told once everything has been counted", () => {
  const counts = { files: 2, bytes: 100, filesDone: 1, bytesDone: 25, failed: 0, isComplete: true, items: [] }
  expect(ByteProgress.secondsLeft(counts, 10)).toBe(30)
  expect(ByteProgress.secondsLeft({ ...counts, isComplete: false }, 10)).toBeUndefined()
  expect(ByteProgress.secondsLeft({ ...counts, bytesDone: 0 }, 10)).toBeUndefined()
})
