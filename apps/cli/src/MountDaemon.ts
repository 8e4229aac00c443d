/** A mount that goes on in the background: a process of its own, which says when it is mounted. */
import { spawn } from "node:child_process"
import * as fs from "node:fs"
import * as path from "node:path"
import { printable } from "@ourclone/core/events/PrintableText"
import { makeFolder } from "@ourclone/core/machine/MadeFolder"
import { ThisMachine } from "@ourclone/jobs/kind/Surroundings"
import * as Effect from "effect/Effect"
import * as ExitCode from "./ExitCode.ts"
import type { Output } from "./Output.ts"

/** Lets whoever started this process go on, where it waits for that. */
export const tellParent = (): void => {
  if (process.send === undefined) return
  process.send("mounted", () => {
    if (process.connected) process.disconnect()
  })
}

/** The last lines of a log, as far as they are of this start. */
const lastWords = (log: string, from: number): string => fs.readFileSync(log).subarray(from).toString().trim()

/** Starts the same command without `--daemon`, and waits until it is mounted or has failed. */
export const start = Effect.fnUntraced(function* (output: Output, point: string) {
  const { stateDirectory } = yield* ThisMachine
  const log = path.join(stateDirectory, "mounts", `${path.basename(point).replace(/[^\w.-]/g, "_")}.log`)
  makeFolder(path.dirname(log))
  const file = fs.openSync(log, "a", 0o600)
  const from = fs.fstatSync(file).size
  const words = process.argv.slice(1).filter((word) => word !== "--daemon")
  const child = spawn(process.execPath, [...process.execArgv, ...words], {
    detached: true,
    stdio: ["ignore", file, file, "ipc"]
  })
  fs.closeSync(file)
  const ended = yield* Effect.callback<number | undefined>((resume) => {
    child.once("message", () => resume(Effect.succeed(undefined)))
    child.once("error", () => resume(Effect.succeed(ExitCode.failed)))
    child.once("exit", (code) => resume(Effect.succeed(code ?? ExitCode.failed)))
    return Effect.sync(() => void child.kill("SIGTERM"))
  })
  if (ended !== undefined) {
    const said = lastWords(log, from)
    if (said !== "") for (const line of said.split("\n")) output.problem(printable(line))
    return yield* new ExitCode.CommandStopped({ code: ended === 0 ? ExitCode.failed : ended, message: "" })
  }
  if (child.connected) child.disconnect()
  child.unref()
  output.note(`mounted at ${printable(point)} by process ${child.pid}; its log is ${printable(log)}`)
})
