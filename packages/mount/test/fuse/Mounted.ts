/**
 * A file system that a child process serves, mounted for one test. This process never looks into it: programs do, each with
 * a time limit. At the end the mount is taken away whatever happened, and where its server hangs the kernel ends the
 * connection, which frees every program that waits for it.
 */
import { type ChildProcess, spawn } from "node:child_process"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import * as MountTable from "@ourclone/mount/fuse/MountTable"

/** Why nothing can be mounted here; `undefined` where it can. */
export const whyNot = (): string | undefined => {
  if (process.platform !== "linux") return `${process.platform} has no FUSE of Linux`
  if (!fs.existsSync("/dev/fuse")) return "there is no /dev/fuse"
  if (process.getuid?.() !== 0) return whichProgram("fusermount3") ? undefined : "fusermount3 is not installed"
  const capabilities = /CapEff:\s*([0-9a-f]+)/.exec(fs.readFileSync("/proc/self/status", "utf8"))?.[1] ?? "0"
  return (BigInt(`0x${capabilities}`) >> 21n) & 1n ? undefined : "this root may not mount (CAP_SYS_ADMIN)"
}

export const whichProgram = (name: string): boolean =>
  ["/usr/bin", "/bin", "/usr/sbin", "/sbin", "/usr/local/bin"].some((folder) => fs.existsSync(path.join(folder, name)))

export interface Ran {
  readonly status: number | null
  readonly output: string
  readonly errors: string
}

const seconds = 60

export const run = (
  program: string,
  args: ReadonlyArray<string>,
  options: {
    readonly cwd?: string
    readonly env?: NodeJS.ProcessEnv
    readonly uid?: number
    readonly gid?: number
  } = {}
): Promise<Ran> =>
  new Promise((resolve) => {
    const child = spawn("timeout", ["-k", "5", String(seconds), program, ...args], {
      ...options,
      stdio: ["ignore", "pipe", "pipe"]
    })
    const [output, errors]: [Array<Buffer>, Array<Buffer>] = [[], []]
    child.stdout.on("data", (bytes: Buffer) => output.push(bytes))
    child.stderr.on("data", (bytes: Buffer) => errors.push(bytes))
    child.on("close", (status) =>
      resolve({ status, output: Buffer.concat(output).toString(), errors: Buffer.concat(errors).toString() })
    )
    child.on("error", (error) => resolve({ status: null, output: "", errors: String(error) }))
  })

export const shell = (script: string, options?: Parameters<typeof run>[2]): Promise<Ran> =>
  run("sh", ["-ec", script], options)

const mountedAt = (point: string) => MountTable.at(fs.readFileSync("/proc/self/mountinfo", "utf8"), point)

/** Frees whatever waits for the server of this mount. */
const abort = (point: string) => {
  const minor = mountedAt(point)?.minor
  if (minor === undefined) return
  try {
    fs.writeFileSync(`/sys/fs/fuse/connections/${minor}/abort`, "1")
  } catch {
    // Not root, or not mounted there.
  }
}

export class Mounted {
  readonly folder: string
  readonly point: string
  readonly server: ChildProcess
  readonly ended: Promise<number | null>
  #errors = ""

  private constructor(folder: string, server: ChildProcess) {
    this.folder = folder
    this.point = path.join(folder, "mount")
    this.server = server
    this.ended = new Promise((resolve) => server.on("close", resolve))
    server.stderr?.on("data", (bytes: Buffer) => {
      this.#errors += bytes.toString()
    })
  }

  /** What the server said; of a sound one nothing. */
  get errors(): string {
    return this.#errors
  }

  /** `script` is a program of this folder that is given the mount point and `options`, and says `mounted`. */
  static async start(
    script: string,
    options: object = {},
    how: { readonly folder?: string; readonly uid?: number; readonly gid?: number } = {}
  ): Promise<Mounted> {
    const folder = how.folder ?? fs.mkdtempSync(path.join(os.tmpdir(), "ourclone-fuse-"))
    const point = path.join(folder, "mount")
    if (how.folder === undefined) {
      fs.mkdirSync(point)
      if (how.uid !== undefined) {
        fs.chmodSync(folder, 0o755)
        fs.chownSync(point, how.uid, how.gid ?? how.uid)
      }
    }
    const server = spawn(process.execPath, [path.join(import.meta.dirname, script), point, JSON.stringify(options)], {
      stdio: ["ignore", "pipe", "pipe"],
      ...(how.uid !== undefined && { uid: how.uid, gid: how.gid ?? how.uid })
    })
    const mounted = new Mounted(folder, server)
    await new Promise<void>((resolve, reject) => {
      const limit = setTimeout(() => reject(new Error(`not mounted: ${mounted.errors}`)), seconds * 1000)
      server.stdout!.on("data", (bytes: Buffer) => {
        if (!bytes.toString().includes("mounted")) return
        clearTimeout(limit)
        resolve()
      })
      server.on("close", (status) => {
        clearTimeout(limit)
        reject(new Error(`the server ended with ${status}: ${mounted.errors}`))
      })
    }).catch(async (error: unknown) => {
      await mounted.stop()
      throw error
    })
    return mounted
  }

  /** As a user's Ctrl-C: unmounts where nothing uses it. Gives the status. */
  async end(): Promise<number | null> {
    this.server.kill("SIGTERM")
    const limit = setTimeout(() => this.server.kill("SIGKILL"), seconds * 1000)
    const status = await this.ended
    clearTimeout(limit)
    return status
  }

  /** Takes everything away, whatever state it is in. May be called after `end`, and twice. */
  async stop(): Promise<void> {
    abort(this.point)
    this.server.kill("SIGKILL")
    await this.ended
    for (let left = 5; left > 0 && mountedAt(this.point) !== undefined; left--)
      await (process.getuid?.() === 0
        ? run("umount", ["-l", this.point])
        : run("fusermount3", ["-u", "-z", this.point]))
    if (mountedAt(this.point) === undefined) fs.rmSync(this.folder, { recursive: true, force: true })
  }
}
