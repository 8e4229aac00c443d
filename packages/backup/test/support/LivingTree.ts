/** A folder that somebody works in: random changes of every kind, and what it holds at a moment. */
import { hash } from "node:crypto"
import * as fs from "node:fs"
import { dirname, join } from "node:path"
import * as Posix from "@ourclone/system/Posix"
import * as keyStream from "./keyStream.ts"
import type { Random } from "./random.ts"

const kibibyte = 1024
const sizes = [0, 1, 100, 5_000, 70_000, 300_000, 512 * kibibyte - 1, 512 * kibibyte, 512 * kibibyte + 1, 1_600_000]

/** Path to what is there: kind, permissions, time and content in one text, with which names are one file. */
export type Captured = ReadonlyMap<string, string>

const visit = (root: string, below: string, found: Map<string, string>, inodes: Map<bigint, string>): void => {
  for (const name of fs.readdirSync(join(root, below)).sort()) {
    const path = join(below, name)
    const status = fs.lstatSync(join(root, path), { bigint: true })
    const common = `${status.mode.toString(8)} ${status.uid} ${status.mtimeNs}`
    if (status.isDirectory()) {
      found.set(path, `directory ${common}`)
      visit(root, path, found, inodes)
    } else if (status.isSymbolicLink()) found.set(path, `link ${common} ${fs.readlinkSync(join(root, path))}`)
    else {
      const first = status.nlink > 1n ? (inodes.get(status.ino) ?? path) : path
      if (!inodes.has(status.ino)) inodes.set(status.ino, path)
      found.set(path, `file ${common} ${hash("sha256", fs.readFileSync(join(root, path)))} ${first}`)
    }
  }
}

export const capture = (root: string): Captured => {
  const found = new Map<string, string>()
  visit(root, "", found, new Map())
  return found
}

const content = (random: Random): Buffer => {
  const size = random.pick(sizes)
  const kind = random.number(4)
  if (kind === 0) return Buffer.alloc(size, random.number(3))
  if (kind === 1) return Buffer.alloc(size, random.bytes(300))
  // Neither repeats nor shrinks.
  return keyStream.bytes(`${random.number(2 ** 31)}`, size)
}

interface Names {
  readonly all: ReadonlyArray<string>
  readonly directories: ReadonlyArray<string>
}

/** Follows no link: what is changed must lie in the folder. */
const namesIn = (root: string): Names => {
  const all: Array<string> = []
  const directories = [root]
  for (let at = 0; at < directories.length; at++) {
    for (const name of fs.readdirSync(directories[at]!).sort()) {
      const path = join(directories[at]!, name)
      all.push(path)
      if (fs.lstatSync(path).isDirectory()) directories.push(path)
    }
  }
  return { all, directories }
}

const mustLieIn = (root: string, path: string): void => {
  const directory = fs.realpathSync(dirname(path))
  if (directory !== root && !directory.startsWith(`${root}/`)) throw new Error(`${path} does not lie in ${root}`)
}

/** Makes one change. Everything it makes is readable. `root` has no symbolic links in its path. */
export const change = (root: string, random: Random): void => {
  const { all, directories } = namesIn(root)
  const fresh = join(random.pick(directories), `${random.pick(["a", "b", "é", "z z", "content"])}${random.number(40)}`)
  const some = all.length === 0 ? undefined : random.pick(all)
  const isFile = some !== undefined && fs.lstatSync(some).isFile()
  const isFree = fs.lstatSync(fresh, { throwIfNoEntry: false }) === undefined
  for (const path of [fresh, some]) if (path !== undefined) mustLieIn(root, path)
  switch (random.number(12)) {
    case 0:
      if (isFree) fs.mkdirSync(fresh)
      return
    case 1:
      if (isFree) fs.symlinkSync(random.pick(["nowhere", ".", "a1", "b2"]), fresh)
      return
    case 2:
      if (isFree && isFile) fs.linkSync(some, fresh)
      return
    case 3:
      if (some !== undefined) fs.rmSync(some, { recursive: true, force: true })
      return
    case 4:
      if (some !== undefined && isFree && !fresh.startsWith(`${some}/`)) fs.renameSync(some, fresh)
      return
    case 5:
      if (isFile) fs.appendFileSync(some, content(random))
      return
    case 6:
    case 7:
      // The same size and time as before: only the time of the change of its state tells.
      if (isFile) {
        const { atimeNs, mtimeNs, size } = fs.statSync(some, { bigint: true })
        fs.writeFileSync(some, Buffer.alloc(Number(size), random.bytes(3)))
        Posix.setTimes(Buffer.from(some), atimeNs, mtimeNs)
      }
      return
    case 8:
      if (some !== undefined && !fs.lstatSync(some).isSymbolicLink())
        fs.chmodSync(some, random.pick([0o755, 0o700, 0o600 | 0o100]))
      return
    default:
      if (isFree) fs.writeFileSync(fresh, content(random))
  }
}
