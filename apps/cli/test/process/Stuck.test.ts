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

/** What a terminal is told to forget at the end, and how it is told: the cursor, another screen, the mouse, pasting, keys. */
const modes = [25, 47, 1000, 1002, 1003, 1004, 1006, 1047, 1049, 2004]
const isSet = (shown: string, mode: number): boolean | undefined => {
  const last = [...shown.matchAll(new RegExp(`\\x1b\\[\\?${mode}([hl])`, "g"))].at(-1)
  return last && last[1] === "h"
}

/** The command in a terminal of its own, in which a shell goes on after it. */
const inTerminal = (folder: string, words: ReadonlyArray<string>) => {
  const file = (name: string) => path.join(folder, name)
  const read = (name: string) => (fs.existsSync(file(name)) ? fs.readFileSync(file(name), "utf8") : "")
  const quoted = [process.execPath, main, ...words].map((word) => `"${word}"`).join(" ")
  const own = `sh -c 'echo $$ >"$0"; exec "$@"' "${file("pid")}" ${quoted}`
  const command = `trap : INT; stty -a >"${file("before")}"; ${own}; echo $? >"${file("code")}"; stty -a >"${file("after")}"`
  const terminal = spawn("script", ["-qec", command, "/dev/null"], {
    env: { ...environmentOf(folder), SHELL: "/bin/sh", TERM: "xterm" },
    stdio: ["pipe", "pipe", "ignore"]
  })
  onTestFinished(() => void terminal.kill("SIGKILL"))
  let shown = ""
  terminal.stdout.setEncoding("utf8").on("data", (text: string) => {
    shown += text
  })
  const ended = endOf(terminal)
  return {
    ctrlC: () => void terminal.stdin.write("\u0003"),
    pid: async (): Promise<number> => {
      await expect.poll(() => read("pid").endsWith("\n"), { timeout: 240_000 }).toBe(true)
      return Number(read("pid"))
    },
    /** Waits for the end, which two SIGINT were. */
    isWhole: async (): Promise<void> => {
      await expect.poll(() => read("after").endsWith("\n"), { timeout: 240_000 }).toBe(true)
      terminal.stdin.end()
      await ended
      expect(read("code")).toBe("130\n")
      expect(read("after")).toBe(read("before"))
      expect(read("after")).toContain("speed")
      for (const mode of modes) expect([mode, isSet(shown, mode)]).not.toEqual([mode, mode !== 25])
    }
  }
}

const interruptTwice = async (pid: number, interrupt: () => void): Promise<void> => {
  await expect.poll(() => catches(pid, "SIGINT"), { timeout: 240_000 }).toBe(true)
  interrupt()
  await expect.poll(() => catches(pid, "SIGINT"), { timeout: 240_000 }).toBe(false)
  interrupt()
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
    const terminal = inTerminal(folder, ["snapshots", "-r", path.join(folder, "repo"), "--password-file", fifo])
    await holdReader(fifo)
    await interruptTwice(await terminal.pid(), terminal.ctrlC)
    await terminal.isWhole()
  })

  const canMount = fs.existsSync("/dev/fuse") && process.getuid?.() === 0 && has("rclone") && has("fusermount3")
  test.runIf(canMount && has("script")).each([["sync"], ["ls"]])(
    "is ended by two Ctrl-C, and leaves its terminal as it was: %s of a file system that stopped",
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
        const terminal = inTerminal(
          folder,
          verb === "ls" ? ["ls", mounted] : ["sync", mounted, path.join(folder, "to"), "--progress"]
        )
        const pid = await terminal.pid()
        const waits = () => fs.readFileSync(`/proc/${pid}/wchan`, "utf8")
        await expect.poll(waits, { timeout: 240_000 }).toBe("request_wait_answer")
        await interruptTwice(pid, terminal.ctrlC)
        await terminal.isWhole()
      } finally {
        server.kill("SIGCONT")
        server.kill("SIGTERM")
        await gone
      }
    }
  )
})
