/** The checks that are programs of their own, as tests: one run, one count. */
import { spawnSync } from "node:child_process"
import * as path from "node:path"
import { expect, it } from "vitest"

const root = path.join(import.meta.dirname, "../..")

const outputOf = (program: string, ...args: ReadonlyArray<string>) => {
  const { status, stdout, stderr, error } = spawnSync(path.join(root, "node_modules/.bin", program), args, {
    cwd: root,
    encoding: "utf8"
  })
  if (error) throw error
  return { status, output: status === 0 ? "" : `${stdout}${stderr}` }
}

it("every file type-checks", () => {
  expect(outputOf("tsc", "-p", "tsconfig.json", "--pretty", "false")).toEqual({ status: 0, output: "" })
})

it("every file is formatted and free of lint", () => {
  const reply = outputOf("biome", "check", "--error-on-warnings", "--colors=off", "--max-diagnostics=20", ".")
  expect(reply).toEqual({ status: 0, output: "" })
})
