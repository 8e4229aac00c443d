/** The files that a benchmark moves. Their bytes come from a seeded cipher: the same each time, and no compression helps. */
import * as crypto from "node:crypto"
import * as fs from "node:fs"
import * as path from "node:path"

const noise = () => {
  const cipher = crypto.createCipheriv("aes-128-ctr", Buffer.alloc(16, 7), Buffer.alloc(16))
  return (size: number) => cipher.update(Buffer.alloc(size))
}

const perFolder = 100

/** `count` files of `size` bytes, a hundred to a folder. */
export const manyFiles = (folder: string, count: number, size: number): void => {
  const next = noise()
  for (let index = 0; index < count; index++) {
    const inner = path.join(folder, `folder-${String(Math.floor(index / perFolder)).padStart(5, "0")}`)
    if (index % perFolder === 0) fs.mkdirSync(inner, { recursive: true })
    fs.writeFileSync(path.join(inner, `file-${String(index).padStart(7, "0")}.bin`), next(size))
  }
}

export const oneFile = (folder: string, size: number): void => {
  const next = noise()
  const piece = 8 * 1024 * 1024
  fs.mkdirSync(folder, { recursive: true })
  const file = fs.openSync(path.join(folder, "large.bin"), "w")
  for (let left = size; left > 0; left -= piece) fs.writeSync(file, next(Math.min(piece, left)))
  fs.closeSync(file)
}
