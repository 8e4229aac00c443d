/** Test files, run in a sandbox by processes of its own, within a time. */
import { type ChildProcess, spawn } from "node:child_process"
import * as path from "node:path"
import type { Sandbox } from "./Sandbox.ts"
import type { Answer, FileResult, Order } from "./TestServer.ts"

export interface TestRun {
  readonly outcome: "passed" | "failed" | "hung"
  /** What was finished, by the path in the checkout. */
  readonly files: ReadonlyMap<string, FileResult>
}

export interface Tests {
  /** One run at a time. A server that hangs or ends is another one at the next run. */
  readonly run: (order: Omit<Order, "changed">, seconds: number) => Promise<TestRun>
  readonly close: () => void
}

/** Wrong code leaves processes behind, which end with the server that started them. */
const runsOfOne = 25

export const open = (sandbox: Sandbox): Tests => {
  let server: ChildProcess | undefined
  let runs = 0

  const close = () => {
    try {
      if (server?.pid !== undefined) process.kill(-server.pid, "SIGKILL")
    } catch {
      // all of it has ended
    }
    server = undefined
  }
  const started = (): ChildProcess => {
    if (runs++ % runsOfOne === 0 || server?.connected === false) close()
    server ??= spawn(sandbox.node, [path.join(sandbox.root, "tooling/mutation/TestServer.ts")], {
      cwd: sandbox.root,
      env: sandbox.environment,
      detached: true,
      stdio: ["ignore", "ignore", "ignore", "ipc"],
      ...sandbox.owner
    })
    return server
  }
  const run: Tests["run"] = (order, seconds) =>
    new Promise((resolve, reject) => {
      const asked = started()
      const end = (run: TestRun) => {
        clearTimeout(timer)
        asked.removeAllListeners()
        if (run.outcome === "hung") close()
        resolve(run)
      }
      const timer = setTimeout(() => end({ outcome: "hung", files: new Map() }), seconds * 1000)
      asked.once("error", reject)
      // Code that ends the process it runs in has failed.
      asked.once("exit", () => {
        close()
        end({ outcome: "failed", files: new Map() })
      })
      asked.once("message", ({ files, passed }: Answer) =>
        end({ outcome: passed ? "passed" : "failed", files: new Map(files) })
      )
      asked.send({ ...order, changed: sandbox.written() })
    })
  return { run, close }
}
