/** `bisync` with a bucket, whose folders are names alone. */
import { expect, test } from "vitest"
import { withB2 } from "./B2Cli.ts"

test("bisync makes a folder of a bucket where the other side has files, and none where neither is there", async () => {
  const { cli } = await withB2()
  cli.write("from/a", "1", 1_700_000_000_000)
  expect((await cli.run("copy", "@/from", "b2:some-bucket/there")).code).toBe(0)
  const neither = await cli.run("bisync", "b2:some-bucket/one", "b2:some-bucket/other")
  expect([neither.code === 0, neither.error]).toEqual([false, expect.stringContaining("no such folder")])
  expect((await cli.run("bisync", "@/from", "b2:some-bucket/new")).code).toBe(0)
  expect((await cli.run("ls", "b2:some-bucket")).out).toContain("new/a")
  const mistyped = await cli.run("bisync", "@/form", "b2:some-bucket/new")
  expect([mistyped.code === 0, mistyped.error]).toEqual([false, expect.stringContaining("no such folder")])
  expect((await cli.run("ls", "b2:some-bucket")).out).toContain("new/a")
}, 120_000)
