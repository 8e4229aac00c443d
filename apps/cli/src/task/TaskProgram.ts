/** How this program is started for one task. */
import { join } from "node:path"
import type { RunnerProgram } from "@ourclone/tasks/host/RunnerProcess"
import { sendSignal } from "../process/SendSignal.ts"
import type { StreamsShape } from "../Streams.ts"

const main = import.meta.filename.endsWith(".ts")
  ? join(import.meta.dirname, "..", "main.ts")
  : join(import.meta.dirname, "main.mjs")

/** The runner finds configuration and state as this process does. */
export const taskProgram = ({ environment }: Pick<StreamsShape, "environment">): RunnerProgram => ({
  command: (id) => [process.execPath, main, "task", "run", "--id", id],
  environment,
  sendSignal
})
