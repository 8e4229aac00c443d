/** Finding the journals of unfinished large files. */

import type { Unfinished } from "@ourclone/core/contract/LargeFile"
import * as RemotePath from "@ourclone/core/contract/RemotePath"
import * as Spelling from "@ourclone/core/contract/Spelling"
import type { StorageError } from "@ourclone/core/contract/StorageError"
import type * as Stream from "effect/Stream"
import * as fs from "../disk/DiskFs.ts"
import { codeOf } from "../place/LocalErrors.ts"
import * as Place from "../place/LocalPlace.ts"
import * as Slices from "../place/Slices.ts"
import * as Journal from "./Journal.ts"
import { isJournal, journalName } from "./TemporaryName.ts"

const entriesOf = (absolute: string): ReadonlyArray<fs.DiskEntry> => {
  try {
    return fs.entriesSync(absolute)
  } catch (error) {
    const code = codeOf(error)
    if (code === "ENOENT" || code === "ENOTDIR" || code === "EACCES") return []
    throw error
  }
}

/** A journal that was moved or copied from elsewhere says nothing about this directory. */
const belongs = (file: Unfinished, directory: RemotePath.RemotePath, name: string): boolean =>
  RemotePath.parent(file.path) === directory && journalName(RemotePath.basename(file.path), file.id) === name

const inDirectory = (
  place: Place.Place,
  directory: RemotePath.RemotePath,
  entries: ReadonlyArray<fs.DiskEntry>
): ReadonlyArray<Unfinished> =>
  entries
    .filter(({ entry, name }) => entry.isFile() && isJournal(name))
    .map(({ name }) => ({ name, file: Journal.read(`${Place.absolute(place, directory)}/${name}`)?.file }))
    .flatMap(({ name, file }) => (file !== undefined && belongs(file, directory, name) ? [file] : []))

/** Those of the file `path`, by the names in its folder alone. */
export const ofFile = (place: Place.Place, path: RemotePath.RemotePath): ReadonlyArray<Unfinished> => {
  const directory = RemotePath.parent(path)
  const found = inDirectory(place, directory, entriesOf(Place.absolute(place, directory)))
  return found.filter((file) => file.path === path)
}

/** Those of `path` itself and, where it is a directory, of all below it. Symbolic links are not followed. */
export const find = (place: Place.Place, path: RemotePath.RemotePath): Stream.Stream<Unfinished, StorageError> =>
  Slices.stream(place, "unfinished", path, () => {
    if (!Place.isReal(place, RemotePath.parent(path))) return () => undefined
    const pending: Array<RemotePath.RemotePath> = Place.isReal(place, path) ? [path] : []
    const visit = (directory: RemotePath.RemotePath): ReadonlyArray<Unfinished> => {
      const entries = entriesOf(Place.absolute(place, directory))
      for (const { entry, name } of entries) {
        const path = Spelling.characters.toPath(name)
        if (entry.isDirectory()) pending.push(RemotePath.join(directory, RemotePath.makeUnsafe(path)))
      }
      return inDirectory(place, directory, entries)
    }
    let found: Array<Unfinished> = path === "" ? [] : [...ofFile(place, path)]
    return () => {
      const isOver = Slices.clock()
      while (!isOver()) {
        const directory = pending.pop()
        if (directory === undefined) break
        found.push(...visit(directory))
      }
      if (found.length === 0 && pending.length === 0) return undefined
      const taken = found
      found = []
      return taken
    }
  })
