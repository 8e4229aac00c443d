/** The files of a folder that are really in it. */
import * as fs from "node:fs"
import * as path from "node:path"

/** Paths of all files below `folder`, through no link: `readdir`'s own recursion goes into folders that links lead to. */
export const filesBelow = (folder: string): ReadonlyArray<string> =>
  fs.readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const file = path.join(folder, entry.name)
    if (entry.isDirectory()) return filesBelow(file)
    return entry.isFile() ? [file] : []
  })
