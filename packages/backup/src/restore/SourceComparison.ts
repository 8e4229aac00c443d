/** Holds a restored file against the one it was made from, where that still is what it was. */
import * as fs from "node:fs"
import type { Node } from "../format/Node.ts"
import * as GoTime from "../go/GoTime.ts"
import * as Status from "../system/Status.ts"

/**
 * `same`: byte for byte. `different`: other bytes although size and time say that nothing changed.
 * `changed`: the source has another size or time now, or is being written. `gone`: there is no such file, or it can
 * not be read.
 */
export type Comparison = "same" | "different" | "changed" | "gone"

const bufferSize = 262_144

const readFully = (file: number, buffer: Buffer): number => {
  let size = 0
  while (size < buffer.length) {
    const more = fs.readSync(file, buffer, size, buffer.length - size, null)
    if (more === 0) break
    size += more
  }
  return size
}

const haveSameBytes = (left: number, right: number): boolean => {
  const [first, second] = [Buffer.allocUnsafe(bufferSize), Buffer.allocUnsafe(bufferSize)]
  for (;;) {
    const size = readFully(left, first)
    if (size !== readFully(right, second)) return false
    if (size === 0) return true
    if (first.compare(second, 0, size, 0, size) !== 0) return false
  }
}

const isAsBackedUp = (status: Status.Status, node: Node): boolean => {
  const time = GoTime.read(node.mtime)
  return (
    Status.isFile(status) &&
    status.size === node.size &&
    status.modified === time?.seconds &&
    status.modifiedNanoseconds === time.nanoseconds
  )
}

const openSource = (path: Buffer): number | undefined => {
  try {
    return fs.openSync(path, fs.constants.O_RDONLY | (fs.constants.O_NOFOLLOW ?? 0) | (fs.constants.O_NONBLOCK ?? 0))
  } catch {
    return undefined
  }
}

/** `restored` was written from the blobs of `node`; `source` is where it came from. Throws only for `restored`. */
export const compare = (source: Buffer, restored: Buffer, node: Node): Comparison => {
  const theirs = openSource(source)
  if (theirs === undefined) return "gone"
  const ours = fs.openSync(restored, "r")
  try {
    if (!isAsBackedUp(Status.ofOpen(theirs), node)) return "changed"
    if (haveSameBytes(ours, theirs)) return "same"
    return isAsBackedUp(Status.ofOpen(theirs), node) ? "different" : "changed"
  } finally {
    fs.closeSync(ours)
    fs.closeSync(theirs)
  }
}
