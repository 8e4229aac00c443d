/**
 * What the S3 side passes of versitygw's conformance tests: those that `versitygw-tests.txt` names, one a line. A name is never
 * taken away; the tests that are not there are about what the emulator has not, such as policies, tags and owners.
 */
import * as fs from "node:fs"
import * as path from "node:path"
import { skipWithout } from "@ourclone/core/testing/Programs"
import { expect, it } from "vitest"
import { failures } from "./versitygw.ts"

const names = fs
  .readFileSync(path.join(import.meta.dirname, "versitygw-tests.txt"), "utf8")
  .trim()
  .split("\n")

it("names at least 250 conformance tests, each once", () => {
  expect(names.length).toBeGreaterThanOrEqual(250)
  expect(new Set(names).size).toBe(names.length)
})

it("passes each of them", async (context) => {
  skipWithout(context, "versitygw")
  expect(Object.fromEntries(await failures(names))).toEqual({})
}, 600_000)
