/** Runs a command and measures it as the system sees it: wall time, CPU time and peak memory. */
import { spawn } from "node:child_process"
import * as fs from "node:fs"

export interface Measurement {
  readonly wallSeconds: number
  /** User and system time of all threads, and of all processes that the command started and waited for. */
  readonly cpuSeconds: number
  /** Of the process itself, without those it started. */
  readonly peakBytes: number
}

/** `/proc/PID/stat` counts in these; Linux has used 100 a second on every platform Node runs on. */
const ticksPerSecond = 100
const pollMillis = 10

/** What all processes have used that this one started and that have ended. */
const endedSeconds = (): number => {
  const stat = fs.readFileSync("/proc/self/stat", "latin1")
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ")
  return (Number(fields[13]) + Number(fields[14])) / ticksPerSecond
}

const peakBytes = (pid: number): number => {
  const kibibytes = /VmHWM:\s+(\d+) kB/.exec(fs.readFileSync(`/proc/${pid}/status`, "latin1"))
  return kibibytes === null ? 0 : Number(kibibytes[1]) * 1024
}

/**
 * The command's output goes to `/dev/null`, its errors are kept for the message
 * when it fails. CPU time comes in steps of 10 ms; memory is looked at every
 * 10 ms. No other child may end meanwhile: its CPU time would be counted too.
 */
export const measure = (
  command: ReadonlyArray<string>,
  environment: Readonly<Record<string, string>>
): Promise<Measurement> =>
  new Promise((resolve, reject) => {
    const [program = "", ...args] = command
    const before = endedSeconds()
    const startedAt = process.hrtime.bigint()
    const child = spawn(program, args, { env: { ...process.env, ...environment }, stdio: ["ignore", "ignore", "pipe"] })
    const errors: Array<string> = []
    child.stderr.setEncoding("utf8").on("data", (text: string) => errors.push(text))
    let peak = 0
    const look = () => {
      try {
        if (child.pid !== undefined) peak = Math.max(peak, peakBytes(child.pid))
      } catch {
        // It ended between two looks.
      }
    }
    const timer = setInterval(look, pollMillis)
    child.on("error", (error) => {
      clearInterval(timer)
      reject(error)
    })
    child.on("exit", (code, signal) => {
      clearInterval(timer)
      const wallSeconds = Number(process.hrtime.bigint() - startedAt) / 1e9
      if (code === 0) resolve({ wallSeconds, cpuSeconds: endedSeconds() - before, peakBytes: peak })
      else reject(new Error(`${command.join(" ")} ended with ${code ?? signal}:\n${errors.join("").slice(-2000)}`))
    })
  })

/** What one of `times` starts in a row takes: for commands that end within a few steps of the clock. */
export const measureAverage = async (
  command: ReadonlyArray<string>,
  environment: Readonly<Record<string, string>>,
  times: number
): Promise<Measurement> => {
  const all: Array<Measurement> = []
  for (let start = 0; start < times; start++) all.push(await measure(command, environment))
  const sum = (figure: (one: Measurement) => number) => all.reduce((total, one) => total + figure(one), 0)
  return {
    wallSeconds: sum((one) => one.wallSeconds) / times,
    cpuSeconds: sum((one) => one.cpuSeconds) / times,
    peakBytes: Math.max(...all.map((one) => one.peakBytes))
  }
}
