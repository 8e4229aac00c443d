import * as fs from "node:fs"
import { getPriority } from "node:os"
import { expect, test } from "vitest"
import * as RunnerProcess from "../../src/host/RunnerProcess.ts"
import { none } from "../../src/runner/StoredSecrets.ts"

/** What a runner says of itself once its starter has closed its input. */
const saidBy = async (kind: string, what: string): Promise<string> => {
  const script = `process.stdin.resume().on("end", () => setTimeout(() => { console.error(${what}); process.exit(1) }, 300))`
  const program = { command: () => [process.execPath, "-e", script] as const, environment: {} }
  return (await RunnerProcess.start(program, { id: "1", kind }, none).ended).message
}

test.skipIf(process.platform === "win32")(
  "a runner lets its starter go first, and what is waited for goes as that does",
  async () => {
    const priority = "'priority', os.getPriority()"
    expect(await saidBy("copy", priority)).toContain(`priority ${Math.min(19, getPriority() + 10)}`)
    expect(await saidBy("mount", priority)).toContain(`priority ${getPriority()}`)
  }
)

const autogroup = (): RegExpExecArray | null => {
  try {
    return /nice (-?\d+)/.exec(fs.readFileSync("/proc/self/autogroup", "utf8"))
  } catch {
    return null
  }
}

test.skipIf(autogroup() === null)(
  "where the system shares by sessions, that of a runner stands back as well",
  async () => {
    const own = Number(autogroup()?.[1])
    const group = "fs.readFileSync('/proc/self/autogroup', 'utf8')"
    expect(await saidBy("copy", group)).toContain(`nice ${Math.min(19, own + 10)}`)
    expect(await saidBy("mount", group)).toContain("nice 0")
  }
)
