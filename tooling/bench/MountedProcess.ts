/** A mount under measurement. What it costs is read from the system while programs use it. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process"
import { once } from "node:events"
import * as fs from "node:fs"
import type { Measurement } from "./Measure.ts"

const ticksPerSecond = 100
const pollMillis = 20
const patienceMillis = 600_000

const isMounted = (point: string): boolean =>
  fs
    .readFileSync("/proc/self/mountinfo", "utf8")
    .split("\n")
    .some((line) => line.split(" ")[4] === point)

/** Waits for what the system tells in no other way. */
const until = async (what: string, holds: () => boolean | Promise<boolean>): Promise<void> => {
  const end = Date.now() + patienceMillis
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`${what} did not come to be in ${patienceMillis / 1000} s`)
    await new Promise((resolve) => setTimeout(resolve, pollMillis))
  }
}

export class MountedProcess {
  readonly point: string
  readonly #child: ChildProcess
  #errors = ""

  private constructor(point: string, child: ChildProcess) {
    this.point = point
    this.#child = child
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.#errors += text
    })
  }

  static async start(
    command: ReadonlyArray<string>,
    point: string,
    environment: Readonly<Record<string, string>>
  ): Promise<MountedProcess> {
    const [program = "", ...args] = command
    const child = spawn(program, args, { env: { ...process.env, ...environment }, stdio: ["ignore", "ignore", "pipe"] })
    const mounted = new MountedProcess(point, child)
    await until("the mount", () => {
      if (child.exitCode !== null) throw new Error(`${command.join(" ")} ended:\n${mounted.#errors.slice(-2000)}`)
      return isMounted(point)
    })
    return mounted
  }

  #cpuSeconds(): number {
    const stat = fs.readFileSync(`/proc/${this.#child.pid}/stat`, "latin1")
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ")
    return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond
  }

  /** The most since this was last asked: the system forgets it then. */
  #peakBytes(): number {
    const kibibytes = /VmHWM:\s+(\d+) kB/.exec(fs.readFileSync(`/proc/${this.#child.pid}/status`, "latin1"))
    return kibibytes === null ? 0 : Number(kibibytes[1]) * 1024
  }

  /** Runs a script in the folder; the time is the script's, or until `holds`, CPU and memory are the mount's alone. */
  async measure(script: string, holds?: () => boolean | Promise<boolean>): Promise<Measurement> {
    const before = this.#cpuSeconds()
    fs.writeFileSync(`/proc/${this.#child.pid}/clear_refs`, "5")
    const startedAt = process.hrtime.bigint()
    const user = spawn("timeout", ["-k", "5", String(patienceMillis / 1000), "sh", "-ec", script], {
      cwd: this.point,
      stdio: ["ignore", "ignore", "inherit"],
      env: { ...process.env, NODE: process.execPath }
    })
    const [status] = await once(user, "close")
    if (status !== 0) throw new Error(`"${script}" ended with ${status} in ${this.point}`)
    if (holds !== undefined) await until("what was written", holds)
    return {
      wallSeconds: Number(process.hrtime.bigint() - startedAt) / 1e9,
      cpuSeconds: this.#cpuSeconds() - before,
      peakBytes: this.#peakBytes()
    }
  }

  /** Unmounts, by force where it must be. */
  async stop(): Promise<void> {
    if (spawnSync("fusermount3", ["-u", this.point]).status !== 0) spawnSync("fusermount3", ["-u", "-z", this.point])
    const ended = this.#child.exitCode === null ? once(this.#child, "exit") : undefined
    const limit = setTimeout(() => this.#child.kill("SIGKILL"), 60_000)
    await ended
    clearTimeout(limit)
  }
}
