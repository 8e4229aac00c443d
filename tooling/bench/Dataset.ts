/** The files that a benchmark moves. Their bytes come from a seeded cipher: the same each time, and no compression helps. */
import * as crypto from "node:crypto"
import * as fs from "node:fs"
import * as path from "node:path"
import { filesBelow } from "../filesBelow.ts"

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

/** `count` empty files in `folders` folders: all that is stored of them are their names and attributes. */
export const emptyFiles = (folder: string, count: number, folders: number): void => {
  for (let index = 0; index < count; index++) {
    const inner = path.join(folder, `folder-${String(index % folders).padStart(5, "0")}`)
    if (index < folders) fs.mkdirSync(inner, { recursive: true })
    fs.writeFileSync(path.join(inner, `file-${String(index).padStart(7, "0")}`), "")
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

/** Words of a seeded order: text that compresses about as logs and sources do. */
const prose = () => {
  const words = Array.from({ length: 4096 }, (_, index) => crypto.hash("md5", String(index)).slice(0, 3 + (index % 9)))
  const next = noise()
  return (size: number) => {
    const picks = next(Math.ceil(size / 2))
    const parts: Array<string> = []
    for (let length = 0, at = 0; length < size; at += 2) {
      const word = words[picks.readUInt16LE(at) & 4095] ?? ""
      parts.push(word, at % 24 === 0 ? "\n" : " ")
      length += word.length + 1
    }
    return Buffer.from(parts.join("").slice(0, size))
  }
}

/** About `size` bytes in files of 64 to 512 MiB, by turns of noise and of text. */
export const mixedFiles = (folder: string, size: number): void => {
  const sources = [noise(), prose()] as const
  const piece = 8 * 1024 * 1024
  const sizes = [64, 512, 128, 256].map((mebibytes) => mebibytes * 1024 ** 2)
  fs.mkdirSync(folder, { recursive: true })
  let made = 0
  for (let index = 0; made < size; index++) {
    const next = sources[index % 2 === 0 ? 0 : 1]
    const file = fs.openSync(path.join(folder, `mixed-${index}.bin`), "w")
    const wanted = Math.min(sizes[index % sizes.length] ?? piece, size - made)
    for (let left = wanted; left > 0; left -= piece) fs.writeSync(file, next(Math.min(piece, left)))
    fs.closeSync(file)
    made += wanted
  }
}

/** Gives every tenth file other bytes of the same length, another tenth each turn. */
export const changeTenth = (folder: string, turn: number): void => {
  for (const [index, file] of filesBelow(folder).entries()) {
    if (index % 10 !== turn % 10) continue
    const bytes = fs.readFileSync(file)
    bytes.writeUInt32LE(turn + 1, 0)
    bytes.writeUInt32LE(index, 4)
    fs.writeFileSync(file, bytes)
  }
}
