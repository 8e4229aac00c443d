/** Whether two folders hold the same: names, bytes, links and modification times. */
import * as fs from "node:fs"
import * as path from "node:path"

export interface Comparison {
  readonly files: number
  readonly bytes: number
  /** Relative paths of what differs or is on one side only. */
  readonly differences: ReadonlyArray<string>
}

const pieceSize = 1024 * 1024

const sameBytes = (left: string, right: string): boolean => {
  const one = fs.openSync(left, "r")
  const other = fs.openSync(right, "r")
  const a = Buffer.allocUnsafe(pieceSize)
  const b = Buffer.allocUnsafe(pieceSize)
  try {
    for (;;) {
      const length = fs.readSync(one, a)
      if (length !== fs.readSync(other, b)) return false
      if (length === 0) return true
      if (a.compare(b, 0, length, 0, length) !== 0) return false
    }
  } finally {
    fs.closeSync(one)
    fs.closeSync(other)
  }
}

/** Modification times are compared to the millisecond, which is what B2 keeps; those of folders are not compared. */
export const compareTrees = (left: string, right: string): Comparison => {
  const differences: Array<string> = []
  let files = 0
  let bytes = 0
  const same = (inner: string): boolean => {
    const a = path.join(left, inner)
    const b = path.join(right, inner)
    const one = fs.lstatSync(a)
    const other = fs.lstatSync(b)
    if (one.isSymbolicLink() || other.isSymbolicLink()) {
      return one.isSymbolicLink() && other.isSymbolicLink() && fs.readlinkSync(a) === fs.readlinkSync(b)
    }
    if (!one.isFile() || !other.isFile()) return one.isDirectory() === other.isDirectory()
    files++
    bytes += one.size
    return one.size === other.size && Math.abs(one.mtimeMs - other.mtimeMs) < 1 && sameBytes(a, b)
  }
  const walk = (inner: string) => {
    const ours = fs.readdirSync(path.join(left, inner), { withFileTypes: true })
    const theirs = new Set(fs.readdirSync(path.join(right, inner)))
    for (const entry of ours) {
      const name = path.join(inner, entry.name)
      if (!theirs.delete(entry.name) || !same(name)) differences.push(name)
      else if (entry.isDirectory()) walk(name)
    }
    for (const name of theirs) differences.push(path.join(inner, name))
  }
  walk("")
  return { files, bytes, differences }
}
