/** Finding and removing the temporary files of runs that were cut off. */
import type { Leftover, Leftovers } from "@ourclone/core/contract/Leftovers"
import * as RemotePath from "@ourclone/core/contract/RemotePath"
import * as Spelling from "@ourclone/core/contract/Spelling"
import { InvalidRequest } from "@ourclone/core/contract/StorageError"
import * as fs from "../disk/DiskFs.ts"
import { attempt, codeOf } from "../place/LocalErrors.ts"
import * as Place from "../place/LocalPlace.ts"
import * as Slices from "../place/Slices.ts"
import * as AbandonedFiles from "./AbandonedFiles.ts"
import { isJournal, isTemporary } from "./TemporaryName.ts"

const entriesOf = (absolute: string): ReadonlyArray<fs.DiskEntry> => {
  try {
    return fs.entriesSync(absolute)
  } catch (error) {
    if (["ENOENT", "ENOTDIR", "EACCES"].includes(codeOf(error) ?? "")) return []
    throw error
  }
}

const isOwn = ({ entry, name }: fs.DiskEntry): boolean => entry.isFile() && isTemporary(name)

const toLeftover = (prefix: string, absolute: string, name: string, names: ReadonlySet<string>): Leftover[] => {
  const stats = fs.lstatSync(`${absolute}/${name}`, { throwIfNoEntry: false })
  if (stats === undefined) return []
  return [
    {
      path: prefix + Spelling.characters.toPath(name),
      size: stats.size,
      changedAt: Math.floor(stats.ctimeMs),
      isAbandoned: AbandonedFiles.isAbandoned(name),
      isResumable: names.has(`${name}.json`)
    }
  ]
}

/** A journal belongs to the file beside it, and is a leftover of its own where there is none. */
const inDirectory = (
  prefix: string,
  absolute: string,
  entries: ReadonlyArray<fs.DiskEntry>
): ReadonlyArray<Leftover> => {
  const names = new Set(entries.filter(isOwn).map(({ name }) => name))
  return [...names]
    .filter((name) => !isJournal(name) || !names.has(name.slice(0, -".json".length)))
    .flatMap((name) => toLeftover(prefix, absolute, name, names))
}

export const make = (place: Place.Place): Leftovers => ({
  list: Slices.stream(place, "leftovers", RemotePath.root, () => {
    const pending = [""]
    return () => {
      const isOver = Slices.clock()
      const found: Array<Leftover> = []
      while (!isOver()) {
        const prefix = pending.pop()
        if (prefix === undefined) break
        const absolute = Place.absolute(place, prefix.slice(0, -1))
        const entries = entriesOf(absolute)
        for (const { entry, name } of entries) {
          if (entry.isDirectory()) pending.push(`${prefix}${Spelling.characters.toPath(name)}/`)
        }
        found.push(...inDirectory(prefix, absolute, entries))
      }
      return found.length === 0 && pending.length === 0 ? undefined : found
    }
  }),
  remove: ({ path }) =>
    attempt(place, "leftovers", path, () => {
      if (!isTemporary(RemotePath.basename(path))) {
        throw new InvalidRequest({ message: "this is no file that a run has left behind" })
      }
      const absolute = Place.absolute(place, path)
      if (!Place.isReal(place, path)) return
      fs.rmSync(`${absolute}.json`, { force: true })
      fs.rmSync(absolute, { force: true })
    })
})
