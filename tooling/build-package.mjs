// Run in a package's folder: compiles src/ to JavaScript with types in dist/. TypeScript rewrites the imports;
// the URLs of worker modules are rewritten here.
import { spawnSync } from "node:child_process"
import * as fs from "node:fs"
import * as path from "node:path"

const output = path.join(process.cwd(), "dist")
fs.rmSync(output, { recursive: true, force: true })
const { status } = spawnSync("tsc", ["-b", "tsconfig.build.json"], { stdio: "inherit" })
if (status !== 0) process.exit(status ?? 1)

const worker = /(new URL\("\.[\w./-]*)\.ts(", import\.meta\.url\))/g
for (const file of fs.globSync("**/*.js", { cwd: output })) {
  const name = path.join(output, file)
  const code = fs.readFileSync(name, "utf8")
  const rewritten = code.replace(worker, "$1.js$2")
  if (rewritten !== code) fs.writeFileSync(name, rewritten)
}
for (const file of fs.globSync("**/*.d.ts", { cwd: "src" }))
  fs.copyFileSync(path.join("src", file), path.join(output, file))
