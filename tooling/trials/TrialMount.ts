/**
 * A bucket of the emulator as a folder, by the program as it ships, for trials. Whoever looks into the folder does it in a
 * process of its own with a time limit: where the mount hangs, the kernel's connection is ended and the trial goes on.
 */
import { type ChildProcess, spawn, spawnSync } from "node:child_process"
import { once } from "node:events"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { build, ownRoot } from "../bench/Checkout.ts"
import { type EmulatorProcess, startEmulator } from "../bench/EmulatorProcess.ts"

const patienceMillis = 60_000

interface Ran {
  readonly status: number | null
  readonly output: string
  readonly errors: string
}

/** Runs a program for `seconds` at most; 124 is the status of one that was longer. */
export const run = (
  [program = "", ...args]: ReadonlyArray<string>,
  seconds: number,
  env: NodeJS.ProcessEnv = process.env
): Promise<Ran> =>
  new Promise((resolve) => {
    const child = spawn("timeout", ["-k", "5", String(seconds), program, ...args], {
      env,
      stdio: ["ignore", "pipe", "pipe"]
    })
    const ran = { output: "", errors: "" }
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      ran.output += text
    })
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      ran.errors += text
    })
    child.on("close", (status) => resolve({ status, ...ran }))
    child.on("error", (error) => resolve({ status: null, output: "", errors: String(error) }))
  })

/** What it printed. Throws where it ended with anything but 0. */
export const output = async (
  words: ReadonlyArray<string>,
  seconds: number,
  env?: NodeJS.ProcessEnv
): Promise<string> => {
  const { errors, output: told, status } = await run(words, seconds, env)
  if (status === 0) return told
  throw new Error(`${words.join(" ")} ended with ${status}:\n${errors.slice(-3000)}${told.slice(-3000)}`)
}

const minorOf = (point: string): string | undefined =>
  fs
    .readFileSync("/proc/self/mountinfo", "utf8")
    .split("\n")
    .map((line) => line.split(" "))
    .find((fields) => fields[4] === point)?.[2]
    ?.split(":")[1]

export class Bed {
  readonly folder: string
  readonly emulator: EmulatorProcess
  readonly program: ReadonlyArray<string>
  readonly environment: NodeJS.ProcessEnv
  /** The last that was mounted. */
  mounted: TrialMount | undefined

  /** `program` is the bundle; everything that it keeps lies in `folder`. */
  constructor(folder: string, emulator: EmulatorProcess, program: ReadonlyArray<string>) {
    const { endpoint, key, keyId } = emulator
    this.folder = folder
    this.emulator = emulator
    this.program = program
    this.environment = {
      ...process.env,
      OURCLONE_CONFIG: this.at("config.toml"),
      XDG_STATE_HOME: this.at("state"),
      XDG_CACHE_HOME: this.at("cache"),
      RCLONE_CONFIG_EMU_TYPE: "b2",
      RCLONE_CONFIG_EMU_ACCOUNT: keyId,
      RCLONE_CONFIG_EMU_KEY: key,
      RCLONE_CONFIG_EMU_ENDPOINT: endpoint
    }
    fs.mkdirSync(this.at("point"))
    const b2 = { type: "b2", keyId, applicationKey: key, endpoint }
    const lines = Object.entries(b2).map(([name, value]) => `${name} = "${value}"`)
    fs.writeFileSync(this.at("config.toml"), `[remotes.b2]\n${lines.join("\n")}\n`, { mode: 0o600 })
  }

  at(name: string): string {
    return path.join(this.folder, name)
  }

  ourclone(...args: ReadonlyArray<string>): Promise<string> {
    return output([...this.program, ...args], 300, this.environment)
  }

  /** `cache` is a folder of its own for tree, bytes and queue: a new one knows nothing of the bucket. */
  async mount(place: string, cache: string, ...flags: ReadonlyArray<string>): Promise<TrialMount> {
    const point = this.at("point")
    const [command = "", ...words] = [...this.program, "mount", `--cache-dir=${this.at(cache)}`, ...flags, place, point]
    const child = spawn(command, words, { env: this.environment, stdio: ["ignore", "ignore", "pipe"] })
    const mount = new TrialMount(this, point, child)
    this.mounted = mount
    const end = Date.now() + patienceMillis
    // A killed one before it leaves its mount behind, which only goes when the next one looks.
    while (!(await mount.isServing())) {
      if (child.exitCode !== null) throw new Error(`mount ended with ${child.exitCode}:\n${mount.errors}`)
      if (Date.now() > end) throw new Error(`not mounted within ${patienceMillis / 1000} s:\n${mount.errors}`)
      await sleep(20)
    }
    return mount
  }

  /** Everything at a place as rclone has it, brought into a new folder; marks of empty folders left out. */
  async byRclone(place: string, target: string): Promise<string> {
    fs.rmSync(target, { recursive: true, force: true })
    fs.mkdirSync(target)
    const words = ["rclone", "--config=/dev/null", "copy", "--exclude=.bzEmpty", `EMU:${place}`, target]
    await output(words, 300, this.environment)
    return target
  }
}

export class TrialMount {
  readonly point: string
  readonly process: ChildProcess
  errors = ""
  readonly #bed: Bed

  constructor(bed: Bed, point: string, child: ChildProcess) {
    this.#bed = bed
    this.point = point
    this.process = child
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.errors += text
    })
  }

  async isServing(): Promise<boolean> {
    // Between a killed one and this one the folder is what it was, and answers too.
    if (!this.errors.includes(" is mounted at ") || minorOf(this.point) === undefined) return false
    // Of one whose process was killed the kernel still has the attributes.
    return (await run(["ls", "-f", this.point], 10)).status === 0
  }

  /** With the status of `mount unmount`, and that of the process that served: 0 and 0 where everything is stored. */
  async unmount(): Promise<void> {
    await this.#bed.ourclone("mount", "unmount", this.point)
    const status = this.process.exitCode ?? (await once(this.process, "exit"))[0]
    if (status !== 0) throw new Error(`the mount ended with ${status}:\n${this.errors}`)
  }

  async kill(): Promise<void> {
    const { exitCode, signalCode } = this.process
    const ended = exitCode === null && signalCode === null ? once(this.process, "exit") : undefined
    this.process.kill("SIGKILL")
    await ended
  }

  /** Takes it away, whatever state it is in. */
  async stop(): Promise<void> {
    await this.kill()
    const minor = minorOf(this.point)
    if (minor === undefined) return
    const abort = `/sys/fs/fuse/connections/${minor}/abort`
    if (fs.existsSync(abort)) fs.writeFileSync(abort, "1")
    spawnSync("umount", ["-l", this.point])
  }
}

/**
 * Tries `use` on a bed of its own, whose emulator is told `flags`. Where it fails, says why, and what the mount said, and where
 * its files are, which stay; the process then ends with 1. No mount and no emulator is left, not by a trial that is ended from
 * outside either.
 */
export const withBed = async (
  title: string,
  flags: (folder: string) => ReadonlyArray<string>,
  use: (bed: Bed) => Promise<void>
): Promise<void> => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), `ourclone-${title}-`))
  const { program } = build(ownRoot)
  const bed = new Bed(folder, await startEmulator(flags(folder)), program)
  const end = async (): Promise<void> => {
    await bed.mounted?.stop()
    await bed.emulator.stop()
  }
  for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) {
    process.once(signal, () => void end().finally(() => process.exit(128 + os.constants.signals[signal])))
  }
  try {
    await use(bed)
    await end()
    fs.rmSync(folder, { recursive: true })
  } catch (error) {
    console.error(error instanceof Error ? error.message : error)
    console.error(`${bed.mounted?.errors.slice(-2000) ?? ""}\nthe files are in ${folder}`)
    process.exitCode = 1
    await end()
  }
}
