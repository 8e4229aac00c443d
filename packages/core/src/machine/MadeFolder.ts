/** Folders of this program's own, which only their user may look into. */
import * as fs from "node:fs"
import * as path from "node:path"

const codeOf = (error: unknown): unknown => (error as NodeJS.ErrnoException).code

const isFolder = (folder: string): boolean => fs.statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true

/** Of one whose parent is there. Another process may be as quick. */
const makeOne = (folder: string): void => {
  try {
    fs.mkdirSync(folder, { mode: 0o700 })
  } catch (error) {
    if (codeOf(error) !== "EEXIST" || !isFolder(folder)) throw error
  }
}

/**
 * Makes the folder and those above it where they are missing. Throws what the system says. Below /proc and its kin nothing
 * can be made, and Node's own `recursive` tries for ever.
 */
export const makeFolder = (folder: string): void => {
  try {
    makeOne(folder)
  } catch (error) {
    const above = path.dirname(folder)
    if (codeOf(error) !== "ENOENT" || above === folder || isFolder(above)) throw error
    makeFolder(above)
    makeOne(folder)
  }
}
