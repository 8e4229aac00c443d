/** How this program is started for one task. */
import { join } from "node:path"
import type { JobType } from "@ourclone/jobs/JobKinds"
import type { RunnerProgram } from "@ourclone/tasks/host/RunnerProcess"
import * as OwnUnit from "../process/OwnUnit.ts"
import { sendSignal } from "../process/SendSignal.ts"
import type { StreamsShape } from "../Streams.ts"

const main = import.meta.filename.endsWith(".ts")
  ? join(import.meta.dirname, "..", "main.ts")
  : join(import.meta.dirname, "main.mjs")

/** What goes on when whoever started it has ended, and is seen from everywhere on the machine. */
export const lasting: ReadonlySet<string> = new Set([
  "mount",
  "mountSnapshots",
  "serveWebdav",
  "serveHttp",
  "serveRestic"
] satisfies ReadonlyArray<JobType>)

/** The command of a runner of that kind of task, where it lives as long as it should. */
export const placed = (command: OwnUnit.Command, kind: string, environment: OwnUnit.Variables): OwnUnit.Command =>
  lasting.has(kind) ? OwnUnit.command(command, environment) : command

/** The runner finds configuration and state as this process does. */
export const taskProgram = ({ environment }: Pick<StreamsShape, "environment">): RunnerProgram => ({
  command: ({ id, kind }) => placed([process.execPath, main, "task", "run", "--id", id], kind, environment),
  watcher: [process.execPath, main, "task", "watch-folders"],
  environment,
  sendSignal
})
