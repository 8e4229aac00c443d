/** Where the process begins. Nothing is loaded that `ourclone version` does not need. */
import { enableCompileCache } from "node:module"
import { isatty } from "node:tty"
import { textFor } from "./help/KnownHelp.ts"
import { version } from "./Version.ts"

const words = process.argv.slice(2)
const isVersion = words.length === 1 && (words[0] === "version" || words[0] === "--version")
// `process.stdin` would be made for the question alone, which takes a while.
const hasColors = (): boolean => isatty(1) && process.env.NO_COLOR === undefined
const known = isVersion ? `ourclone ${version}` : textFor(words, hasColors)

const asksForScreens = words.length === 0 || (words.length === 1 && words[0] === "tui")
const wantsScreens = asksForScreens && isatty(0) && isatty(1)

if (known !== undefined) process.stdout.write(`${known}\n`)
else if (wantsScreens) {
  enableCompileCache()
  // Not awaited: what is loaded there may lie in this file once it is bundled, which would wait for itself.
  void import("./TerminalUi.ts").then(async ({ open }) => process.exit(await open(false)))
} else {
  enableCompileCache()
  const { main } = await import("./Run.ts")
  main()
}
