import { getPriority } from "node:os"
import { expect, test } from "vitest"
import * as RunnerProcess from "../../src/host/RunnerProcess.ts"
import { none } from "../../src/runner/StoredSecrets.ts"

const priorityOf = async (kind: string): Promise<string> => {
  const script = "setTimeout(() => { console.error('priority', os.getPriority()); process.exit(1) }, 300)"
  const program = { command: () => [process.execPath, "-e", script] as const, environment: {} }
  return (await RunnerProcess.start(program, { id: "1", kind }, none)).message
}

test.skipIf(process.platform === "win32")("a runner lets go first whoever is waited for", async () => {
  expect(await priorityOf("copy")).toContain(`priority ${Math.max(5, getPriority())}`)
  expect(await priorityOf("mount")).toContain(`priority ${getPriority()}`)
})
