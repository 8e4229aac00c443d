/** A shell in a window of tmux that nobody sees. */
import { execFileSync } from "node:child_process"
import * as path from "node:path"

export interface TerminalWindow {
  /** By tmux's names; `text:…` is typed. */
  readonly keys: (...keys: ReadonlyArray<string>) => void
  /** Waits until its text is so. */
  readonly until: (isSo: (text: string) => boolean) => Promise<void>
  /** The window with its colors. */
  readonly painted: () => string
  readonly close: () => void
}

const lookMillis = 100
const mostLooks = 1_200

export const openWindow = (
  folder: string,
  environment: Readonly<Record<string, string>>,
  { columns, rows }: { readonly columns: number; readonly rows: number }
): TerminalWindow => {
  const socket = path.join(folder, "tmux")
  const tmux = (...words: ReadonlyArray<string>): string =>
    execFileSync("tmux", ["-u", "-S", socket, ...words], {
      env: { ...environment, TERM: "xterm-256color" },
      encoding: "utf8"
    })
  const size = ["-x", String(columns), "-y", String(rows)]
  const home = environment["HOME"] ?? folder
  tmux("-f", "/dev/null", "new-session", "-d", ...size, "-c", home, "bash --norc --noprofile")
  return {
    keys: (...keys) => {
      for (const key of keys) tmux("send-keys", ...(key.startsWith("text:") ? ["-l", key.slice(5)] : [key]))
    },
    until: async (isSo) => {
      for (let look = 0; look < mostLooks; look++) {
        if (isSo(tmux("capture-pane", "-p"))) return
        await new Promise((resolve) => setTimeout(resolve, lookMillis))
      }
      throw new Error(`the window did not come to it:\n${tmux("capture-pane", "-p")}`)
    },
    painted: () => tmux("capture-pane", "-p", "-e"),
    close: () => void tmux("kill-server")
  }
}
