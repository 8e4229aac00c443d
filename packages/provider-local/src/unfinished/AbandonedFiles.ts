/** Files that were not whole yet when the run that wrote them was killed. */
import { hostname } from "node:os"
import { hasEnded } from "@ourclone/core/machine/ProcessIdentity"
import * as fs from "../disk/DiskFs.ts"
import { isJournal, isTemporary, makerOf } from "./TemporaryName.ts"

/** Another run, perhaps on another machine, may still be writing what has changed since then. Milliseconds. */
const quietFor = 60_000

/** Whether the process that made the temporary name `name` is known to have ended. */
export const isAbandoned = (name: string): boolean => {
  const pid = makerOf(name)
  return pid !== undefined && hasEnded({ host: hostname(), pid, birth: "" })
}

/** Removes them from `directory`. Those with a journal stay: the next run goes on with them. Never throws. */
export const sweep = (directory: string): void => {
  try {
    const names = fs.entriesSync(directory).map(({ name }) => name)
    const temporaries = names.filter(isTemporary)
    const journals = new Set(temporaries.filter(isJournal))
    for (const name of temporaries) {
      const path = `${directory}/${name}`
      if (journals.has(name) || journals.has(`${name}.json`)) continue
      if (isAbandoned(name) || Date.now() - fs.lstatSync(path).ctimeMs > quietFor) fs.unlinkSync(path)
    }
  } catch {
    // What can not be removed is in nobody's way: listings pass over it.
  }
}
