/** Where the process begins. Nothing is loaded that `ourclone version` does not need. */
import { enableCompileCache } from "node:module"
import { version } from "./Version.ts"

const words = process.argv.slice(2)

if (words.length === 1 && (words[0] === "version" || words[0] === "--version")) {
  process.stdout.write(`ourclone ${version}\n`)
} else {
  enableCompileCache()
  const { main } = await import("./Run.ts")
  main()
}
