import { modifiedAtOf, timeMetadata, toSeconds } from "@ourclone/provider-s3/api/StoredTime"
import { expect, it } from "vitest"

it("times are written as rclone writes them, and come back", () => {
  const times = {
    1709209800123: "1709209800.123",
    1709209800000: "1709209800",
    1500: "0000000001.5",
    [-1500]: "-0000000001.5",
    0: "0000000000"
  }
  for (const [millis, text] of Object.entries(times)) {
    expect(toSeconds(Number(millis))).toBe(text)
    expect(modifiedAtOf({ mtime: text })).toBe(Number(millis))
  }
})

it("what is below a millisecond is cut, on either side of 1970", () => {
  expect(modifiedAtOf({ mtime: "1709209800.123999999" })).toBe(1_709_209_800_123)
  expect(modifiedAtOf({ mtime: "-1.0001" })).toBe(-1001)
})

it("reads the notes of other tools, and passes over what is no time", () => {
  expect(modifiedAtOf({ src_last_modified_millis: "1709209800123" })).toBe(1_709_209_800_123)
  expect(modifiedAtOf({ "s3cmd-attrs": "atime:1/mtime:1709209800/md5:x" })).toBe(1_709_209_800_000)
  for (const mtime of ["", "yesterday", "1e9", "99999999999999", "1709209800.12.3"]) {
    expect(modifiedAtOf({ mtime })).toBeUndefined()
  }
})

it("B2 has its own note beside", () => {
  expect(timeMetadata(1500, true)).toEqual({ mtime: "0000000001.5", src_last_modified_millis: "1500" })
})
