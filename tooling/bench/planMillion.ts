/** Planning a sync of 1,000,000 files that are the same on both sides, in a process of its own. */
import { spawnSync } from "node:child_process"
import * as path from "node:path"

export const planMillion = async (): Promise<void> => {
  console.log("\nplanning 1,000,000 files")
  const script = path.join(import.meta.dirname, "plan-million.ts")
  const result = spawnSync(process.execPath, [script], { stdio: "inherit" })
  if (result.status !== 0) throw new Error(`planning ended with ${result.status}`)
}
