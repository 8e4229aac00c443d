/** The screens in a window of tmux, on a machine of their own: keys go in, and when the program says that it is idle, its lines come out. */
import { execFileSync } from "node:child_process"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"

const root = path.resolve(import.meta.dirname, "../../..")
const main = path.join(root, "apps/cli/src/main.ts")
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
  readonly close: () => void
}

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
    variables = {}
  }: { readonly words?: ReadonlyArray<string>; readonly variables?: Record<string, string> } = {}
): Promise<Window> => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "ourclone-tui-"))
  const idle = path.join(folder, "idle")
  fs.writeFileSync(idle, "")
  const socket = path.join(folder, "tmux")
  const home = path.join(folder, "home")
  fs.mkdirSync(home)
  const environment: Record<string, string> = {
    PATH: process.env.PATH ?? "",
    HOME: home,
    OURCLONE_CONFIG: path.join(folder, "config.toml"),
    XDG_STATE_HOME: path.join(folder, "state"),
    XDG_CACHE_HOME: path.join(folder, "cache"),
    OURCLONE_TUI_IDLE: idle,
    LANG: "C.UTF-8",
    ...variables
  }
  const tmux = (...given: ReadonlyArray<string>): string =>
    execFileSync("tmux", ["-u", "-S", socket, ...given], {
      env: { ...environment, TERM: "xterm-256color" },
      encoding: "utf8"
    })
  const shell = "bash --norc --noprofile"
  tmux("-f", "/dev/null", "new-session", "-d", "-x", String(columns), "-y", String(rows), "-c", home, shell)
  const lines = (): ReadonlyArray<string> => tmux("capture-pane", "-p").replace(/\n+$/, "").split("\n")
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
    close: () => {
      try {
        tmux("kill-server")
      } catch {
        // It has ended.
      }
      fs.rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
    }
  }
}
