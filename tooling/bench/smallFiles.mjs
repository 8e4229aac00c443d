/** Work on small files by one process, one call after the other: `node smallFiles.mjs WORK FOLDER COUNT`. */
import * as fs from "node:fs"

const [work, folder, count] = process.argv.slice(2)
const bytes = Buffer.alloc(4096, 7)
const names = Array.from({ length: Number(count) }, (_, index) => `${folder}/file-${index}`)

if (work === "create") {
  fs.mkdirSync(folder)
  for (const name of names) fs.writeFileSync(name, bytes)
} else if (work === "stat") for (const name of names) fs.statSync(name)
else if (work === "read") for (const name of names) fs.readFileSync(name)
else if (work === "unlink") for (const name of names) fs.unlinkSync(name)
else if (work === "random") {
  const file = fs.openSync(folder, "r")
  const blocks = fs.fstatSync(file).size / 4096
  // Steps of a prime number of blocks come back to none of them.
  for (let index = 0, at = 0; index < Number(count); index++, at = (at + 7_919_477) % blocks)
    fs.readSync(file, bytes, 0, 4096, at * 4096)
} else process.exitCode = 2
