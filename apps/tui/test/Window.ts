/** The screens in a window of tmux, on a machine of their own: keys go in, and when the program says that it is idle, its lines come out. */
import { execFileSync } from "node:child_process"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"

const root = path.resolve(import.meta.dirname, "../../..")
export const main = path.join(root, "apps/cli/src/main.ts")
const quoted = (word: string): string => `'${word.replaceAll("'", "'\\''")}'`

/** Why there are no windows here; undefined where there are. */
export const missing = ((): string | undefined => {
  try {
    execFileSync("tmux", ["-V"], { stdio: "ignore" })
    return undefined
  } catch {
    return "there is no tmux on this machine"
  }
})()

export interface Size {
  readonly columns: number
  readonly rows: number
}

export interface Window {
  /** Folders for the test's files; nothing of whoever runs it is read. */
  readonly folder: string
  readonly environment: Readonly<Record<string, string>>
  /** Keys by tmux's names, or texts to be typed as `"text:…"`. Waits until the program is idle after the last one. */
  readonly keys: (...keys: ReadonlyArray<string>) => Promise<void>
  /** A press of the first button at a place counted from 0, as a terminal reports it. */
  readonly click: (column: number, row: number, times?: number) => Promise<void>
  /** A key after which the program may be no more. */
  readonly send: (key: string) => void
  /** A line for the shell. */
  readonly shell: (line: string) => void
  readonly lines: () => ReadonlyArray<string>
  /** The window with its colors. */
  readonly painted: () => string
  /** Waits until a line holds that, as what runs by itself comes to it. */
  readonly until: (text: string) => Promise<void>
  readonly resize: (size: Size) => void
  /** What tmux knows of the pane: `#{alternate_on}`. */
  readonly ask: (format: string) => string
  /** Of the program. */
  readonly pid: () => number
  /** Ends the terminal, as when its window is closed. */
  readonly kill: () => void
  /** Ends all of it; the folder is removed unless another window is to find it. */
  readonly close: (options?: { readonly keepsFolder?: boolean }) => void
}

/** A machine of its own: folders, and the environment that leads to them. */
export interface Prepared {
  readonly folder: string
  readonly environment: Readonly<Record<string, string>>
}

export const prepare = (variables: Record<string, string> = {}): Prepared => {
  const folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "ourclone-tui-")))
  const home = path.join(folder, "home")
  fs.mkdirSync(home)
  const environment: Record<string, string> = {
    PATH: process.env.PATH ?? "",
    HOME: home,
    OURCLONE_CONFIG: path.join(folder, "config.toml"),
    XDG_STATE_HOME: path.join(folder, "state"),
    XDG_CACHE_HOME: path.join(folder, "cache"),
    LANG: "C.UTF-8",
    ...variables
  }
  return { folder, environment }
}

let windows = 0

const look = (condition: () => boolean, what: () => string): Promise<void> =>
  new Promise((resolve, reject) => {
    let looks = 0
    const again = (): void => {
      if (condition()) return void resolve()
      // Ends what hangs; it judges no speed.
      if (++looks > 10_000) return void reject(new Error(what()))
      setTimeout(again, 20)
    }
    again()
  })

/** A shell in a window, with the program begun in it. */
export const open = async (
  { columns, rows }: Size,
  {
    words = ["tui"],
    variables = {},
    prepared = prepare(variables)
  }: {
    readonly words?: ReadonlyArray<string>
    readonly variables?: Record<string, string>
    readonly prepared?: Prepared
  } = {}
): Promise<Window> => {
  const { folder } = prepared
  const idle = path.join(folder, `idle-${++windows}`)
  fs.writeFileSync(idle, "")
  const socket = path.join(folder, `tmux-${windows}`)
  const environment: Record<string, string> = { ...prepared.environment, OURCLONE_TUI_IDLE: idle }
  const home = environment["HOME"] ?? folder
  const tmux = (...given: ReadonlyArray<string>): string =>
    execFileSync("tmux", ["-u", "-S", socket, ...given], {
      env: { ...environment, TERM: "xterm-256color" },
      encoding: "utf8"
    })
  const shell = "bash --norc --noprofile"
  tmux("-f", "/dev/null", "new-session", "-d", "-x", String(columns), "-y", String(rows), "-c", home, shell)
  const lines = (): ReadonlyArray<string> => tmux("capture-pane", "-p").replace(/\n+$/, "").split("\n")
  const kill = (): void => {
    try {
      tmux("kill-server")
    } catch {
      // It has ended.
    }
  }
  let sent = 0
  const isIdle = (): boolean => fs.readFileSync(idle, "utf8").split("\n").includes(`idle ${sent}`)
  const waitIdle = () => look(isIdle, () => `not idle after ${sent} keys:\n${lines().join("\n")}`)
  const command = [process.execPath, "--disable-warning=ExperimentalWarning", main, ...words].map(quoted).join(" ")
  tmux("send-keys", `PS1='ready>'; clear; ${command}`, "Enter")
  await waitIdle()
  return {
    folder,
    environment,
    keys: async (...keys) => {
      for (const key of keys) {
        const text = key.startsWith("text:") ? key.slice("text:".length) : undefined
        if (text === undefined) tmux("send-keys", key)
        else tmux("send-keys", "-l", text)
        sent += text === undefined ? 1 : [...text].length
        await waitIdle()
      }
    },
    click: async (column, row, times = 1) => {
      const at = `${column + 1};${row + 1}`
      const bytes = [...Buffer.from(`\u001b[<0;${at}M\u001b[<0;${at}m`.repeat(times))].map((byte) => byte.toString(16))
      tmux("send-keys", "-H", ...bytes)
      sent += times
      await waitIdle()
    },
    send: (key) => void tmux("send-keys", key),
    shell: (line) => void tmux("send-keys", line, "Enter"),
    lines,
    painted: () => tmux("capture-pane", "-p", "-e"),
    until: (text) =>
      look(
        () => lines().some((line) => line.includes(text)),
        () => `never said "${text}":\n${lines().join("\n")}`
      ),
    resize: (size) => void tmux("resize-window", "-x", String(size.columns), "-y", String(size.rows)),
    ask: (format) => tmux("display-message", "-p", format).trim(),
    pid: () => {
      const shell = tmux("display-message", "-p", "#{pane_pid}").trim()
      return Number(execFileSync("pgrep", ["-P", shell], { encoding: "utf8" }).trim().split("\n")[0])
    },
    kill,
    close: ({ keepsFolder = false } = {}) => {
      kill()
      if (!keepsFolder) fs.rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
    }
  }
}
