/** `npm run pack [FOLDER]`: builds everything and packs it, as it would be published, with checksums. */
import { createHash } from "node:crypto"
import * as fs from "node:fs"
import * as path from "node:path"
import { output, packAll, root } from "./packages.ts"
import { packDebian, packStandalone } from "./standalone.ts"

const [word] = process.argv.slice(2)
if (word?.startsWith("-")) {
  console.error("usage: npm run pack [FOLDER]")
  process.exit(1)
}
const folder = path.resolve(word ?? path.join(root, "dist"))
console.error(output("turbo", ["build"], root).trimEnd())
const debian = [...packAll(folder).values(), packStandalone(folder)]
const last = packDebian(folder)
const files = last === undefined ? debian : [...debian, last]
const sums = files.map((file) => {
  const sum = createHash("sha256").update(fs.readFileSync(file)).digest("hex")
  return `${sum}  ${path.basename(file)}\n`
})
fs.writeFileSync(path.join(folder, "SHA256SUMS"), sums.join(""))
for (const file of files) console.log(file)
