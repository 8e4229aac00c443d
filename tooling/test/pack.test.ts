import { spawnSync } from "node:child_process"
import * as path from "node:path"
import { expect, it } from "vitest"

it("npm run pack takes no option for a folder", () => {
  const script = path.join(import.meta.dirname, "../release/pack.ts")
  const { status, stderr, stdout } = spawnSync(process.execPath, [script, "--help"], { encoding: "utf8" })
  expect({ status, stderr, stdout }).toEqual({ status: 1, stderr: "usage: npm run pack [FOLDER]\n", stdout: "" })
})
