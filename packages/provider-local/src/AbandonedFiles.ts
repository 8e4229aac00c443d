/** Files that were not whole yet when the run that wrote them was killed. */
import * as fs from "node:fs"
import { isJournal, isTemporary } from "./TemporaryName.ts"

/** Another run, perhaps on another machine, may still be writing what has changed since then. Milliseconds. */
const quietFor = 60_000

/** Removes them from `directory`. Those with a journal stay: the next run goes on with them. Never throws. */
export const sweep = (directory: string): void => {
  try {
    const names = fs.readdirSync(directory)
    const temporaries = names.filter(isTemporary)
    const journals = new Set(temporaries.filter(isJournal))
    for (const name of temporaries) {
      const path = `${directory}/${name}`
      if (journals.has(name) || journals.has(`${name}.json`)) continue
      if (Date.now() - fs.lstatSync(path).ctimeMs > quietFor) fs.unlinkSync(path)
    }
  } catch {
    // What can not be removed is in nobody's way: listings pass over it.
  }
}
