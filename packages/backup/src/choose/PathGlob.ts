/**
 * Go's `filepath.Glob`: paths of this machine that match a pattern. Names are
 * bytes, `*` also takes names that begin with a dot, and there is no `**`.
 */
import * as fs from "node:fs"
import { bytesOf, componentSource, textOf } from "./PathPattern.ts"

const slash = Buffer.from("/")

const exists = (path: Buffer): boolean => {
  try {
    fs.lstatSync(path)
    return true
  } catch {
    return false
  }
}

const namesIn = (directory: Buffer): ReadonlyArray<Buffer> => {
  try {
    return fs.readdirSync(directory, { encoding: "buffer" }).sort(Buffer.compare)
  } catch {
    return []
  }
}

const join = (directory: Buffer, name: Buffer): Buffer =>
  directory.length === 0
    ? name
    : Buffer.concat(directory.at(-1) === slash[0] ? [directory, name] : [directory, slash, name])

/** Sorted; empty when nothing matches. Directories that can not be read hold nothing. Throws `PatternError`. */
export const find = (pattern: string): ReadonlyArray<Buffer> => {
  const parts = pattern.split("/").filter((part) => part !== "")
  const checked = parts.map((part) => ({ part, source: componentSource(part, pattern) }))
  let found: ReadonlyArray<Buffer> = [pattern.startsWith("/") ? slash : Buffer.alloc(0)]
  for (const { part, source } of checked) {
    if (/[*?[\\]/.test(part)) {
      const expression = new RegExp(`^${source}$`, "su")
      found = found.flatMap((directory) =>
        namesIn(directory.length === 0 ? Buffer.from(".") : directory)
          .filter((name) => expression.test(textOf(name)))
          .map((name) => join(directory, name))
      )
    } else found = found.map((directory) => join(directory, bytesOf(part))).filter(exists)
  }
  return found.filter((path) => path.length > 0)
}
