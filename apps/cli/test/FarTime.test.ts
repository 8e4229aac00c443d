import * as fs from "node:fs"
import * as path from "node:path"
import * as Amount from "@ourclone/core/events/Amount"
import * as FarTime from "@ourclone/core/events/FarTime"
import { expect, test } from "vitest"
import { makeCli } from "./Cli.ts"

test.each([
  [0, "1970-01-01T00:00:00.000Z"],
  [1_640_884_512_123, "2021-12-30T17:15:12.123Z"],
  [-62_135_596_800_000, "0001-01-01T00:00:00.000Z"],
  [-62_135_596_800_001, "0000-12-31T23:59:59.999Z"],
  [-62_198_755_200_001, "-0002-12-31T23:59:59.999Z"],
  [253_402_300_799_999, "9999-12-31T23:59:59.999Z"],
  [253_402_300_800_000, "10000-01-01T00:00:00.000Z"],
  [316_992_000_000_000, "12015-01-28T21:20:00.000Z"],
  [8.64e15, "275760-09-13T00:00:00.000Z"],
  [8.64e15 + 1, "275760-09-13T00:00:00.001Z"],
  [9_007_199_254_740_991, "287396-10-12T08:59:00.991Z"]
])("%d milliseconds are %s", (milliseconds, text) => {
  expect(FarTime.iso(milliseconds)).toBe(text)
})

test("local time is told of every year, and of no time that it is unknown", () => {
  expect(Amount.time(8.64e15 + 86_400_000)).toMatch(/^275760-09-1[345] \d\d:\d\d:\d\d$/)
  expect(Amount.time(9_007_199_254_740_991)).toMatch(/^287396-10-1[123] \d\d:59:00$/)
  expect(Amount.time(Date.UTC(12_015, 5, 15, 12))).toMatch(/^12015-06-1[56] \d\d:\d\d:00$/)
  expect(Amount.time(Number.NaN).trim()).toBe("unknown")
})

test("local time is that of the clock, also one second after another and in minutes of other days", () => {
  const moments = [-86_400_001, 0, 63_072_000_000, 1_640_884_512_999, 1_640_884_513_000, 1_640_884_559_999]
  for (const moment of [...moments, 1_640_884_560_000, 1_640_884_559_000, 1_640_888_159_000, 1_640_884_513_000]) {
    const date = new Date(moment)
    const two = (part: number) => String(part).padStart(2, "0")
    const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
    const clock = `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`
    expect(Amount.time(moment)).toBe(`${day} ${clock}`)
  }
})

test("a file of a year that no calendar reaches is listed with all others", async () => {
  const cli = makeCli()
  cli.write("place/a.txt", "hello", 0)
  cli.write("place/b.txt", "hello", 0)
  const far = path.join(cli.folder, "place/a.txt")
  fs.utimesSync(far, 9e12, 9e12)
  // What the file system has made of it.
  const year = FarTime.iso(Math.floor(fs.statSync(far).mtimeMs)).split("-")[0]
  const [first, second] = JSON.parse((await cli.run("lsjson", "@/place")).out)
  expect(first.ModTime.split("-")[0]).toBe(year)
  expect(second.Path).toBe("b.txt")
  expect((await cli.run("stat", "@/place/a.txt")).out).toContain(` ${year}-`)
  expect((await cli.run("ls", "@/place")).out).toContain(`  ${year}-`)
})
