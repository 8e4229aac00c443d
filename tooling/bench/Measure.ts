/** Runs a command and measures it as the system sees it: wall time, CPU time and peak memory of the one process. */
import { spawn } from "node:child_process"
import * as fs from "node:fs"

export interface Measurement {
  readonly wallSeconds: number
  /** User and system time of all threads. */
  readonly cpuSeconds: number
  readonly peakBytes: number
}

/** `/proc/PID/stat` counts in these; Linux has used 100 a second on every platform Node runs on. */
const ticksPerSecond = 100
const pollMillis = 10

const cpuSeconds = (pid: number): number => {
  const stat = fs.readFileSync(`/proc/${pid}/stat`, "latin1")
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ")
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond
}

const peakBytes = (pid: number): number => {
  const kibibytes = /VmHWM:\s+(\d+) kB/.exec(fs.readFileSync(`/proc/${pid}/status`, "latin1"))
  return kibibytes === null ? 0 : Number(kibibytes[1]) * 1024
}

/**
 * The command's output goes to `/dev/null`, its errors are kept for the message
 * when it fails. CPU time and memory are polled and may miss the last 10 ms.
 */
export const measure = (
  command: ReadonlyArray<string>,
  environment: Readonly<Record<string, string>>
): Promise<Measurement> =>
  new Promise((resolve, reject) => {
    const [program = "", ...args] = command
    const startedAt = process.hrtime.bigint()
    const child = spawn(program, args, { env: { ...process.env, ...environment }, stdio: ["ignore", "ignore", "pipe"] })
    const errors: Array<string> = []
    child.stderr.setEncoding("utf8").on("data", (text: string) => errors.push(text))
    let cpu = 0
    let peak = 0
    const look = () => {
      try {
        if (child.pid === undefined) return
        peak = Math.max(peak, peakBytes(child.pid))
        cpu = cpuSeconds(child.pid)
      } catch {
        // It ended between two looks.
      }
    }
    const timer = setInterval(look, pollMillis)
    child.on("error", reject)
    child.on("exit", (code, signal) => {
      clearInterval(timer)
      const wallSeconds = Number(process.hrtime.bigint() - startedAt) / 1e9
      if (code === 0) resolve({ wallSeconds, cpuSeconds: cpu, peakBytes: peak })
      else reject(new Error(`${command.join(" ")} ended with ${code ?? signal}:\n${errors.join("").slice(-2000)}`))
    })
  })
