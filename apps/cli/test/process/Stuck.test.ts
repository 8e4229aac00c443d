/** A main thread that waits in the system hears of no signal: what two of them do then. */
import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { describe, expect, onTestFinished, test } from "vitest"

const main = path.join(import.meta.dirname, "..", "..", "src", "main.ts")

const makeFolder = (): string => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "ourclone-stuck-"))
  onTestFinished(() => fs.rmSync(folder, { recursive: true, force: true }))
  return folder
}

const environmentOf = (folder: string) => ({
  PATH: process.env.PATH,
  HOME: folder,
  XDG_STATE_HOME: path.join(folder, "state")
})

const has = (command: string): boolean => spawnSync("sh", ["-c", `command -v ${command}`]).status === 0

const endOf = (child: ChildProcess) =>
  new Promise<string | number | null>((resolve) => child.once("close", (code, signal) => resolve(signal ?? code)))

const start = (folder: string, words: ReadonlyArray<string>) => {
  const child = spawn(process.execPath, [main, ...words], { env: environmentOf(folder), stdio: "ignore" })
  onTestFinished(() => void child.kill("SIGKILL"))
  return { child, ended: endOf(child) }
}

const statusOf = (pid: number): string => fs.readFileSync(`/proc/${pid}/status`, "utf8")

/** Whether the process has a handler for the signal: while one is on its way it has none. */
const catches = (pid: number, signal: keyof typeof os.constants.signals): boolean => {
  const mask = BigInt(`0x${/^SigCgt:\s*([0-9a-f]+)/m.exec(statusOf(pid))?.[1]}`)
  return ((mask >> BigInt(os.constants.signals[signal] - 1)) & 1n) === 1n
}

/** Waits until somebody reads the FIFO; from then on they wait for bytes that never come. */
const holdReader = async (fifo: string): Promise<void> => {
  let writer = -1
  const open = () => {
    writer = fs.openSync(fifo, fs.constants.O_WRONLY | fs.constants.O_NONBLOCK)
    return writer
  }
  await expect.poll(open, { timeout: 240_000 }).toBeGreaterThan(0)
  onTestFinished(() => fs.closeSync(writer))
}

const makeFifo = (folder: string): string => {
  const fifo = path.join(folder, "fifo")
  execFileSync("mkfifo", [fifo])
  return fifo
}

describe.runIf(process.platform === "linux")("a run that waits for what never comes", () => {
  test.each(["SIGINT", "SIGTERM"] as const)("is ended by the second %s: a FIFO for a password", async (signal) => {
    const folder = makeFolder()
    const fifo = makeFifo(folder)
    const { child, ended } = start(folder, ["snapshots", "-r", path.join(folder, "repo"), "--password-file", fifo])
    await holdReader(fifo)
    child.kill(signal)
    await expect.poll(() => catches(child.pid!, signal), { timeout: 240_000 }).toBe(false)
    child.kill(signal)
    expect(await ended).toBe(signal)
  })

  test.runIf(has("script"))("leaves its terminal as it was", async () => {
    const folder = makeFolder()
    const fifo = makeFifo(folder)
    const file = (name: string) => path.join(folder, name)
    const words = ["snapshots", "-r", file("repo"), "--password-file", fifo]
    const command = `trap : INT; stty -a >"${file("before")}"; "${process.execPath}" "${main}" ${words.join(" ")}; echo $? >"${file("code")}"; stty -a >"${file("after")}"`
    const terminal = spawn("script", ["-qec", command, "/dev/null"], {
      env: { ...environmentOf(folder), SHELL: "/bin/sh", TERM: "xterm" },
      stdio: ["pipe", "ignore", "ignore"]
    })
    onTestFinished(() => void terminal.kill("SIGKILL"))
    const ended = endOf(terminal)
    await holdReader(fifo)
    const ctrlC = setInterval(() => terminal.stdin.write("\u0003"), 500)
    await expect.poll(() => fs.existsSync(file("after")), { timeout: 240_000 }).toBe(true)
    clearInterval(ctrlC)
    terminal.stdin.end()
    await ended
    expect(fs.readFileSync(file("code"), "utf8")).toBe("130\n")
    expect(fs.readFileSync(file("after"), "utf8")).toBe(fs.readFileSync(file("before"), "utf8"))
  })

  const canMount = fs.existsSync("/dev/fuse") && process.getuid?.() === 0 && has("rclone") && has("fusermount3")
  test.runIf(canMount).each([["sync"], ["ls"]])(
    "is ended by two SIGINT: %s of a file system that stopped",
    async (verb) => {
      const folder = makeFolder()
      const [from, mounted] = ["from", "mounted"].map((name) => path.join(folder, name)) as [string, string]
      for (const one of [from, mounted]) fs.mkdirSync(one)
      fs.writeFileSync(path.join(from, "a"), "a")
      const server = spawn("rclone", ["mount", from, mounted, "--config", "", "--attr-timeout", "1ms"], {
        stdio: "ignore"
      })
      const gone = endOf(server)
      try {
        await expect.poll(() => fs.existsSync(path.join(mounted, "a")), { timeout: 240_000 }).toBe(true)
        server.kill("SIGSTOP")
        const { child, ended } = start(
          folder,
          verb === "ls" ? ["ls", mounted] : ["sync", mounted, path.join(folder, "to")]
        )
        const waits = () => fs.readFileSync(`/proc/${child.pid}/wchan`, "utf8")
        await expect.poll(waits, { timeout: 240_000 }).toBe("request_wait_answer")
        child.kill("SIGINT")
        await expect.poll(() => catches(child.pid!, "SIGINT"), { timeout: 240_000 }).toBe(false)
        child.kill("SIGINT")
        expect(await ended).toBe("SIGINT")
      } finally {
        server.kill("SIGCONT")
        server.kill("SIGTERM")
        await gone
      }
    }
  )
})
