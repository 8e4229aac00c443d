/** The B2 emulator in a process of its own, so that its CPU time is nobody else's. */
import { spawn } from "node:child_process"
import * as fs from "node:fs"
import * as path from "node:path"

export interface EmulatorProcess {
  readonly endpoint: string
  readonly keyId: string
  readonly key: string
  /** With `--s3`. */
  readonly s3Endpoint: string | undefined
  /** User and system time so far, on Linux. */
  readonly cpuSeconds: () => number
  readonly stop: () => Promise<void>
}

/** `/proc/PID/stat` counts in these. */
const ticksPerSecond = 100

const cpuSecondsOf = (pid: number | undefined): number => {
  const stat = fs.readFileSync(`/proc/${pid}/stat`, "latin1")
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ")
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond
}

const main = path.resolve(import.meta.dirname, "..", "b2-emulator", "src", "main.ts")

export const startEmulator = (flags: ReadonlyArray<string>): Promise<EmulatorProcess> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [main, "--port", "0", ...flags], { stdio: ["ignore", "pipe", "inherit"] })
    const ended = new Promise<void>((done) => child.on("exit", () => done()))
    let output = ""
    child.on("error", reject)
    child.on("exit", (code) => reject(new Error(`the emulator ended with ${code}`)))
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      output += text
      const value = (name: string) => new RegExp(`^export ${name}=(.*)$`, "m").exec(output)?.[1]
      const keyId = value("B2_APPLICATION_KEY_ID")
      const key = value("B2_APPLICATION_KEY")
      const endpoint = value("B2_ENDPOINT")
      const s3Endpoint = value("S3_ENDPOINT")
      if (keyId === undefined || key === undefined || endpoint === undefined) return
      if (flags.includes("--s3") && s3Endpoint === undefined) return
      resolve({
        s3Endpoint,
        endpoint,
        keyId,
        key,
        cpuSeconds: () => cpuSecondsOf(child.pid),
        stop: () => {
          child.kill("SIGTERM")
          return ended
        }
      })
    })
  })

/** Stopped once `use` has ended. */
export const withEmulator = async <A>(
  flags: ReadonlyArray<string>,
  use: (emulator: EmulatorProcess) => Promise<A>
): Promise<A> => {
  const emulator = await startEmulator(flags)
  try {
    return await use(emulator)
  } finally {
    await emulator.stop()
  }
}
