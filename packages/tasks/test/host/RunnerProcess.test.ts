import { getPriority } from "node:os"
import { expect, test } from "vitest"
import * as RunnerProcess from "../../src/host/RunnerProcess.ts"
import { none } from "../../src/runner/StoredSecrets.ts"

test.skipIf(process.platform === "win32")("a runner lets go first whoever is waited for", async () => {
  const script = "setTimeout(() => { console.error('priority', os.getPriority()); process.exit(1) }, 300)"
  const program = { command: () => [process.execPath, "-e", script] as const, environment: {} }
  const { message } = await RunnerProcess.start(program, { id: "1", kind: "copy" }, none)
  expect(message).toContain(`priority ${Math.max(5, getPriority())}`)
})
