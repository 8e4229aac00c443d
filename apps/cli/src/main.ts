/** Where the process begins. Nothing is loaded that `ourclone version` does not need. */
import { enableCompileCache } from "node:module"
import { version } from "./Version.ts"

const words = process.argv.slice(2)

/** Not `process.stdin`, which would be made for the question alone. */
const isTerminal = async (): Promise<boolean> => {
  const { isatty } = await import("node:tty")
  return isatty(0) && isatty(1)
}

const begin = async (): Promise<void> => {
  const [first = "tui"] = words
  const last = words.at(-1)
  if (first === "help" || last === "--help" || last === "-h") {
    const { textFor } = await import("./help/KnownHelp.ts")
    const text = textFor(words, () => process.stdout.isTTY === true && process.env.NO_COLOR === undefined)
    if (text !== undefined) {
      process.stdout.write(`${text}\n`)
      return
    }
  }
  enableCompileCache()
  if (words.length < 2 && first === "tui" && (await isTerminal())) {
    // Not awaited: what is loaded there may lie in this file once it is bundled, which would wait for itself.
    void import("./TerminalUi.ts").then(async ({ open }) => process.exit(await open(false)))
    return
  }
  const { main } = await import("./Run.ts")
  main()
}

if (words.length === 1 && (words[0] === "version" || words[0] === "--version")) {
  process.stdout.write(`ourclone ${version}\n`)
} else await begin()
