import { getPriority } from "node:os"
import { expect, test } from "vitest"
import * as RunnerProcess from "../../src/host/RunnerProcess.ts"
import { none } from "../../src/runner/StoredSecrets.ts"

const priorityOf = async (kind: string): Promise<string> => {
  const script = "setTimeout(() => { console.error('priority', os.getPriority()); process.exit(1) }, 300)"
  const program = { command: () => [process.execPath, "-e", script] as const, environment: {} }
  return (await RunnerProcess.start(program, { id: "1", kind }, none)).message
}

test.skipIf(process.platform === "win32")(
  "a runner lets its starter go first, and what is waited for goes as that does",
  async () => {
    expect(await priorityOf("copy")).toContain(`priority ${Math.min(19, getPriority() + 10)}`)
    expect(await priorityOf("mount")).toContain(`priority ${getPriority()}`)
  }
)
