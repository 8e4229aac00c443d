/** Test files, run in a sandbox by a process of its own, within a time. */
import { spawn } from "node:child_process"
import * as fs from "node:fs"
import * as path from "node:path"
import type { Sandbox } from "./Sandbox.ts"

export interface FileResult {
  readonly passed: boolean
  readonly seconds: number
}

export interface TestRun {
  readonly outcome: "passed" | "failed" | "hung"
  /** What was finished, by the path in the checkout. */
  readonly files: ReadonlyMap<string, FileResult>
}

/** What this reads of vitest's own report. */
interface Report {
  readonly testResults: ReadonlyArray<{
    readonly name: string
    readonly status: string
    readonly startTime: number
    readonly endTime: number
  }>
}

const read = (sandbox: Sandbox, report: string): TestRun["files"] => {
  if (!fs.existsSync(report)) return new Map()
  const { testResults }: Report = JSON.parse(fs.readFileSync(report, "utf8"))
  return new Map(
    testResults.map(({ endTime, name, startTime, status }) => [
      path.relative(sandbox.root, name),
      { passed: status === "passed", seconds: (endTime - startTime) / 1000 }
    ])
  )
}

export const run = (
  sandbox: Sandbox,
  files: ReadonlyArray<string>,
  options: { readonly seconds: number; readonly bail: boolean }
): Promise<TestRun> => {
  const report = path.join(sandbox.home, "report.json")
  fs.rmSync(report, { force: true })
  const vitest = path.join(sandbox.root, "node_modules/vitest/vitest.mjs")
  const flags = [
    "--maxWorkers=2",
    "--reporter=json",
    `--outputFile=${report}`,
    "--cache=false",
    "--fsModuleCache=false"
  ]
  const child = spawn(sandbox.node, [vitest, "run", ...flags, ...(options.bail ? ["--bail=1"] : []), ...files], {
    cwd: sandbox.root,
    env: sandbox.environment,
    detached: true,
    stdio: "ignore",
    ...sandbox.owner
  })
  const endGroup = () => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL")
    } catch {
      // all of it has ended
    }
  }
  return new Promise((resolve, reject) => {
    let hasHung = false
    const timer = setTimeout(() => {
      hasHung = true
      endGroup()
    }, options.seconds * 1000)
    child.once("error", reject)
    child.once("exit", (status) => {
      clearTimeout(timer)
      endGroup()
      const outcome = hasHung ? "hung" : status === 0 ? "passed" : "failed"
      resolve({ outcome, files: read(sandbox, report) })
    })
  })
}
