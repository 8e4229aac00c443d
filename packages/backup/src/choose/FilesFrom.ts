/** Lists of what to back up, as `--files-from` and its relatives take them. */
import * as PathGlob from "./PathGlob.ts"
import { textOf } from "./PathPattern.ts"

export class FilesFromError extends Error {
  override readonly name = "FilesFromError"
}

const newline = 0x0a
const carriageReturn = 0x0d

const split = (bytes: Buffer, separator: number): ReadonlyArray<Buffer> => {
  const parts: Array<Buffer> = []
  let start = 0
  for (let end = bytes.indexOf(separator); end >= 0; end = bytes.indexOf(separator, start)) {
    parts.push(bytes.subarray(start, end))
    start = end + 1
  }
  if (start < bytes.length) parts.push(bytes.subarray(start))
  return parts
}

const lines = (bytes: Buffer): ReadonlyArray<Buffer> =>
  split(bytes, newline).map((line) => (line.at(-1) === carriageReturn ? line.subarray(0, -1) : line))

/**
 * `--files-from`: patterns, one a line; blank lines and comments are left out.
 * `onNothing` hears of patterns that match no file. Throws `PatternError`.
 */
export const patterns = (bytes: Buffer, onNothing: (pattern: string) => void): ReadonlyArray<Buffer> =>
  lines(bytes).flatMap((line) => {
    const pattern = textOf(line).trim()
    if (pattern === "" || pattern.startsWith("#")) return []
    const found = PathGlob.find(pattern)
    if (found.length === 0) onNothing(pattern)
    return found
  })

/** `--files-from-verbatim`: paths, one a line, with all their spaces; only empty lines are left out. */
export const verbatim = (bytes: Buffer): ReadonlyArray<Buffer> => lines(bytes).filter((line) => line.length > 0)

/** `--files-from-raw`: paths with a NUL after each. Throws `FilesFromError`. */
export const raw = (bytes: Buffer): ReadonlyArray<Buffer> => {
  if (bytes.length > 0 && bytes.at(-1) !== 0) {
    throw new FilesFromError("the list has to end with a NUL byte, as each path in it does")
  }
  const paths = split(bytes, 0)
  if (paths.some((path) => path.length === 0)) throw new FilesFromError("the list has an empty path in it")
  return paths
}
