/** The counts that `npm test` prints last, taken from real vitest runs over a scratch project. */
import { spawnSync } from "node:child_process"
import * as fs from "node:fs"
import * as path from "node:path"
import { afterEach, describe, expect, it } from "vitest"

const root = path.join(import.meta.dirname, "../..")
const scratch = path.join(root, ".cache", `run-tests-${process.pid}`)

afterEach(() => fs.rmSync(scratch, { recursive: true, force: true }))

const npmTest = (files: Record<string, string>) => {
  fs.mkdirSync(scratch, { recursive: true })
  fs.writeFileSync(path.join(scratch, "vitest.config.mjs"), "export default {}")
  for (const [name, body] of Object.entries(files)) {
    fs.writeFileSync(path.join(scratch, name), `import { expect, it } from "vitest"\n${body}`)
  }
  const program = `
    import { spawnSync } from "node:child_process"
    import { runTests } from "./tooling/run-tests.mjs"
    const run = (command, args, env) =>
      spawnSync(command, args, { stdio: "inherit", env: { ...process.env, ...env } }).status
    process.exitCode = await runTests(run, () => {}, ["--root", ${JSON.stringify(scratch)}])`
  const { status, stdout } = spawnSync(process.execPath, ["--input-type=module", "-e", program], {
    cwd: root,
    encoding: "utf8"
  })
  return { status, stdout, lastLine: stdout.trimEnd().split("\n").at(-1) }
}

/** What the end of the log says of failures, which is all that is kept of a very long one. */
const afterFailed = (stdout: string) => stdout.slice(stdout.lastIndexOf("\nFailed:\n"))

describe("the last line of npm test", () => {
  it("counts what passed and what was skipped, and names the reason of a skip", () => {
    const { status, stdout, lastLine } = npmTest({
      "a.test.js": `it("one", () => {}); it("two", () => {}); it("three", ({ skip }) => skip("no rclone here"))`
    })
    expect(lastLine).toBe("Tests: 2 passed, 0 failed, 1 skipped")
    expect(stdout).toContain("three: no rclone here")
    expect(status).toBe(0)
  })

  it("counts a failed test, and the status is not 0", () => {
    const { status, stdout, lastLine } = npmTest({
      "a.test.js": `it("one", () => expect(1).toBe(2)); it("two", () => {})`
    })
    expect(lastLine).toBe("Tests: 1 passed, 1 failed, 0 skipped")
    expect(afterFailed(stdout)).toMatch(/a\.test\.js: one\n +expected 1 to be 2/)
    expect(status).not.toBe(0)
  })

  it("counts a test file that does not load as one failure", () => {
    const { status, stdout, lastLine } = npmTest({
      "a.test.js": `import "./gone.js"`,
      "b.test.js": `it("two", () => {})`
    })
    expect(lastLine).toBe("Tests: 1 passed, 1 failed, 0 skipped")
    expect(afterFailed(stdout)).toMatch(/a\.test\.js\n.*gone\.js/)
    expect(status).not.toBe(0)
  })

  it("counts a rejection that no test caught", () => {
    const { status, stdout, lastLine } = npmTest({
      "a.test.js": `it("one", async () => { Promise.reject(new Error("lost")); await new Promise((r) => setTimeout(r, 50)) })`
    })
    expect(lastLine).toBe("Tests: 1 passed, 1 failed, 0 skipped")
    expect(afterFailed(stdout)).toMatch(/outside of any test\n +lost/)
    expect(status).not.toBe(0)
  })
})

it("ends npm test, and starts no test, when the building of an S3 server is ended from outside", () => {
  const program = `
    import { runTests } from "./tooling/run-tests.mjs"
    const run = (command, args) => (console.log(command, args[0]), command === "node" ? 143 : 0)
    process.exitCode = await runTests(run, () => {}, [])`
  const { status, stdout } = spawnSync(process.execPath, ["--input-type=module", "-e", program], {
    cwd: root,
    encoding: "utf8"
  })
  expect({ status, stdout }).toEqual({ status: 143, stdout: `node ${root}/tooling/s3Server.ts\n` })
})
