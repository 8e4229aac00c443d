/** The service as a person starts it: the command line in a process of its own, with B2's emulator and the built page. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import * as readline from "node:readline"
import { type Emulator, startEmulator } from "@ourclone/b2-emulator/Emulator"
import { build } from "vite"
import { vi } from "vitest"

const root = path.join(import.meta.dirname, "../..")
const program = path.join(root, "../cli/src/main.ts")

export interface RealService {
  readonly url: string
  /** The link for the first password. */
  readonly setUpLink: string
  /** A folder that tasks may touch. */
  readonly home: string
  /** Where its journal is. */
  readonly stateDirectory: string
  readonly emulator: Emulator
  readonly write: (name: string, content: string | Uint8Array) => void
  readonly read: (name: string) => string
  /** Runs a command beside the service, with its configuration and state. */
  readonly command: (...words: ReadonlyArray<string>) => ChildProcess
  readonly close: () => Promise<void>
}

const buildPage = async (outDir: string) => {
  vi.stubEnv("NODE_ENV", "production")
  await build({
    configFile: path.join(root, "vite.config.ts"),
    logLevel: "silent",
    build: { outDir, emptyOutDir: true }
  })
  vi.unstubAllEnvs()
}

const ended = (child: ChildProcess): Promise<void> =>
  child.exitCode !== null || child.signalCode !== null
    ? Promise.resolve()
    : new Promise((resolve) => child.once("exit", () => resolve()))

const unmounter = "/usr/bin/fusermount3"

const mayUseFuse = (): boolean => {
  try {
    fs.accessSync("/dev/fuse", fs.constants.R_OK | fs.constants.W_OK)
    return fs.existsSync(unmounter)
  } catch {
    return false
  }
}
export const hasFuse = mayUseFuse()

/** What a test that failed has left mounted, so that nothing is removed through it. */
const unmountBelow = (folder: string): void => {
  if (!hasFuse) return
  for (const line of fs.readFileSync("/proc/self/mounts", "utf8").split("\n")) {
    const point = line.split(" ")[1]
    if (point?.startsWith(folder)) spawnSync(unmounter, ["-u", "-z", point])
  }
}

/** What stands in the lines that the service prints when it is ready. */
const ready = (child: ChildProcess): Promise<{ readonly url: string; readonly setUpLink: string }> =>
  new Promise((resolve, reject) => {
    let url: string | undefined
    const said: Array<string> = []
    readline.createInterface({ input: child.stderr! }).on("line", (line) => {
      said.push(line)
      url ??= /listening at (http:\S+)/.exec(line)?.[1]
      const setUpLink = /(http:\S+\/setup#\S+)/.exec(line)?.[1]
      if (url !== undefined && setUpLink !== undefined) resolve({ url, setUpLink })
    })
    child.once("exit", () => reject(new Error(`the service ended: ${said.join("\n")}`)))
  })

export const startService = async (): Promise<RealService> => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "ourclone-page-"))
  const home = path.join(folder, "home")
  fs.mkdirSync(home)
  const page = path.join(folder, "page")
  const emulator = await startEmulator({ control: true, minimumPartSize: 100_000, recommendedPartSize: 100_000 })
  await buildPage(page)
  const environment = {
    PATH: process.env.PATH ?? "",
    HOME: home,
    TZ: "UTC",
    XDG_CONFIG_HOME: path.join(folder, "config"),
    XDG_STATE_HOME: path.join(folder, "state"),
    XDG_CACHE_HOME: path.join(folder, "cache"),
    OURCLONE_PAGE: page
  }
  const command = (...words: ReadonlyArray<string>) =>
    spawn(process.execPath, [program, ...words], { env: environment, stdio: ["ignore", "pipe", "pipe"] })
  const child = command("serve", "--addr", "127.0.0.1:0", "--root", home)
  const { setUpLink, url } = await ready(child)
  const at = (name: string) => path.join(home, name)
  return {
    url,
    setUpLink,
    home,
    stateDirectory: path.join(folder, "state", "ourclone"),
    emulator,
    command,
    write: (name, content) => {
      fs.mkdirSync(path.dirname(at(name)), { recursive: true })
      fs.writeFileSync(at(name), content)
    },
    read: (name) => fs.readFileSync(at(name), "utf8"),
    close: async () => {
      child.kill("SIGTERM")
      await ended(child)
      await emulator.close()
      unmountBelow(folder)
      fs.rmSync(folder, { recursive: true, force: true })
    }
  }
}
