/**
 * `npm run pictures`: the pictures of the README, each of a real run against the emulator. Takes tmux and Debian's
 * Chromium. What is of this machine alone, its temporary folder and its name, is written as another.
 */
import { type ChildProcess, spawn, spawnSync } from "node:child_process"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import * as readline from "node:readline"
import { type EmulatorProcess, withEmulator } from "./bench/EmulatorProcess.ts"
import { pagePicture } from "./pictures/pagePicture.ts"
import { openWindow } from "./pictures/TerminalWindow.ts"
import { terminalSvg } from "./pictures/terminalSvg.ts"

const root = path.resolve(import.meta.dirname, "..")
const program = path.join(root, "apps", "cli", "src", "main.ts")
const pictures = path.join(root, "docs", "pictures")

const folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "pictures-")))
const home = path.join(folder, "home")

const files: Readonly<Record<string, number>> = {
  "Pictures/2025/lake.jpg": 4_210_000,
  "Pictures/2025/snow.jpg": 3_870_000,
  "Pictures/2026/garden.jpg": 4_480_000,
  "Pictures/2026/harbour.jpg": 5_120_000,
  "Pictures/notes.txt": 1_240,
  "Documents/letters/2026.odt": 48_000,
  "Documents/taxes.ods": 91_000,
  "Videos/summer.mp4": 60_000_000
}

const write = (): void => {
  for (const [name, size] of Object.entries(files)) {
    fs.mkdirSync(path.join(home, path.dirname(name)), { recursive: true })
    fs.writeFileSync(path.join(home, name), Buffer.alloc(size, name))
    fs.utimesSync(path.join(home, name), 1_780_000_000, 1_780_000_000)
  }
}

const environmentOf = (emulator: EmulatorProcess): Record<string, string> => {
  const bin = path.join(folder, "bin")
  const command = path.join(bin, "ourclone")
  fs.mkdirSync(bin)
  fs.writeFileSync(command, `#!/bin/sh\nexec '${process.execPath}' '${program}' "$@"\n`, { mode: 0o755 })
  const config = path.join(home, ".config", "ourclone", "config.toml")
  fs.mkdirSync(path.dirname(config), { recursive: true, mode: 0o700 })
  const remote = `[remotes.photos]\ntype = "b2"\nkeyId = "${emulator.keyId}"\napplicationKey = "${emulator.key}"\nendpoint = "${emulator.endpoint}"\n`
  fs.writeFileSync(config, remote, { mode: 0o600 })
  return {
    PATH: `${bin}:${process.env["PATH"] ?? ""}`,
    HOME: home,
    TZ: "UTC",
    LANG: "C.UTF-8",
    OURCLONE_PASSWORD: "correct horse battery staple",
    XDG_STATE_HOME: path.join(folder, "state"),
    XDG_CACHE_HOME: path.join(folder, "cache")
  }
}

/** What is of this machine alone, and what stands for it. */
const words: Readonly<Record<string, string>> = { [home]: "/home/me", [os.hostname()]: "nas" }

/** Columns stay where they are. */
const renamed = (text: string, [real, shown]: readonly [string, string]): string =>
  text.replace(
    new RegExp(`(?<!\\w)${real.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}(?!\\w)(\\S*)( *)`, "g"),
    (all, rest: string) => (shown + rest).padEnd(all.length)
  )

const picture = (name: string, painted: string, columns: number, title: string): void => {
  const shown = Object.entries(words).reduce(renamed, painted)
  fs.writeFileSync(path.join(pictures, name), terminalSvg(shown, columns, title))
  console.log(`docs/pictures/${name}`)
}

const prompts = (text: string): number => text.split("\n").filter((line) => line.startsWith("$")).length

const commandLine = async (environment: Record<string, string>): Promise<void> => {
  const columns = 108
  const window = openWindow(folder, environment, { columns, rows: 40 })
  try {
    window.keys("text:PS1='\\[\\e[1;32m\\]$ \\[\\e[0m\\]'; clear", "Enter")
    await window.until((text) => /^\$ *\n/.test(text))
    const lines: ReadonlyArray<string> = [
      "ourclone sync ~/Pictures photos:my-bucket/pictures",
      "ourclone check ~/Pictures photos:my-bucket/pictures",
      "ourclone repo init --repo photos:my-bucket/backup --name home",
      "ourclone backup ~/Documents --repo home",
      "ourclone snapshots --repo home"
    ]
    for (const [index, line] of lines.entries()) {
      window.keys(`text:${line}`, "Enter")
      await window.until((text) => prompts(text) === index + 2)
    }
    const painted = window.painted().trimEnd().replace(/\n.*$/, "")
    picture("commands.svg", painted, columns, "OurClone on the command line: a sync, a check and a backup")
  } finally {
    window.close()
  }
}

const screens = async (environment: Record<string, string>): Promise<void> => {
  const columns = 100
  const window = openWindow(folder, environment, { columns, rows: 18 })
  try {
    window.keys("text:PS1='$ '; clear; ourclone tui", "Enter")
    await window.until((text) => text.includes("photos"))
    window.keys("2", "text:~/Pictures", "Enter", "text:photos:my-bucket/elsewhere", "Enter", "text:s", "C-s")
    await window.until((text) => text.includes("Start: S"))
    picture("screens.svg", window.painted(), columns, "OurClone on screens of the terminal: the plan of a sync")
  } finally {
    window.close()
  }
}

/** The link that sets up a service, once it listens. */
const linkOf = (service: ChildProcess): Promise<string> =>
  new Promise((resolve, reject) => {
    service.once("exit", () => reject(new Error("the service ended")))
    readline.createInterface({ input: service.stderr! }).on("line", (line) => {
      const link = /(http:\S+\/setup#\S+)/.exec(line)?.[1]
      if (link !== undefined) resolve(link)
    })
  })

const ended = (child: ChildProcess): Promise<void> =>
  child.exitCode === null && child.signalCode === null
    ? new Promise((resolve) => child.once("exit", () => resolve()))
    : Promise.resolve()

const page = async (environment: Record<string, string>): Promise<void> => {
  const built = path.join(folder, "page")
  const vite = path.join(root, "apps", "server", "node_modules", "vite", "bin", "vite.js")
  const { status } = spawnSync(process.execPath, [vite, "build", "--logLevel", "error", "--outDir", built], {
    cwd: path.join(root, "apps", "server"),
    stdio: "inherit"
  })
  if (status !== 0) throw new Error("the page could not be built")
  const start = (...words: ReadonlyArray<string>): ChildProcess =>
    spawn(process.execPath, [program, ...words], {
      cwd: home,
      env: { ...environment, OURCLONE_PAGE: built },
      stdio: ["ignore", "ignore", "pipe"]
    })
  const service = start("serve", "--addr", "127.0.0.1:0", "--root", home)
  const copy = start("copy", "Videos", "photos:my-bucket/videos", "--bwlimit", "1M", "--quiet")
  try {
    await pagePicture(await linkOf(service), path.join(pictures, "page.png"), words)
    console.log("docs/pictures/page.png")
  } finally {
    for (const child of [copy, service]) {
      child.kill("SIGTERM")
      await ended(child)
    }
  }
}

try {
  write()
  await withEmulator([], async (emulator) => {
    const environment = environmentOf(emulator)
    await commandLine(environment)
    await screens(environment)
    await page(environment)
  })
} finally {
  fs.rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
}
