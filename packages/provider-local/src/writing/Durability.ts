/**
 * Names that outlive a power cut.
 *
 * The name of a file is kept by its directory, and that of the directory by the
 * one above it: each that may be new is flushed once, and the last one each time.
 */

import * as nodePath from "node:path"
import * as RemotePath from "@ourclone/core/contract/RemotePath"
import type { StorageError } from "@ourclone/core/contract/StorageError"
import * as Effect from "effect/Effect"
import * as fs from "../disk/DiskFs.ts"
import { codeOf, toStorageError } from "../place/LocalErrors.ts"
import * as Place from "../place/LocalPlace.ts"

/** Systems and file systems that do not flush directories, or do not let one see them, say so in these words. */
const impossible: ReadonlySet<string | undefined> = new Set([
  "EINVAL",
  "ENOTSUP",
  "ENOSYS",
  "EISDIR",
  "EPERM",
  "EACCES",
  "EBADF"
])

const flushDirectory = (absolute: string): Effect.Effect<void, unknown> =>
  Effect.uninterruptible(
    Effect.callback((resume) => {
      const end = (error: unknown) =>
        resume(error === null || impossible.has(codeOf(error)) ? Effect.void : Effect.fail(error))
      fs.open(absolute, fs.constants.O_RDONLY, (error, fd) => {
        if (error !== null) return end(error)
        fs.fsync(fd, (flushError) => fs.close(fd, () => end(flushError)))
      })
    })
  )

export interface Durability {
  /** Flushes the directory of the file at `path`, and those above it that have not been flushed since `forget`. */
  readonly keepName: (path: RemotePath.RemotePath) => Effect.Effect<void, StorageError>
  /** To be called when directories may have been removed. */
  readonly forget: () => void
}

export const make = (place: Place.Place): Durability => {
  /** Directories whose own names are known to be on the disk. */
  const kept = new Set<string>()

  const directoriesAbove = (directory: string): ReadonlyArray<string> => {
    const missing: Array<string> = []
    for (let path = directory; !kept.has(path) && nodePath.dirname(path) !== path; path = nodePath.dirname(path)) {
      missing.push(path)
    }
    return missing
  }

  const keepName: Durability["keepName"] = (path) =>
    Effect.suspend(() => {
      const directory = Place.absolute(place, RemotePath.parent(path))
      const above = directoriesAbove(directory)
      return Effect.forEach(new Set([directory, ...above.map((each) => nodePath.dirname(each))]), flushDirectory, {
        discard: true
      }).pipe(
        Effect.andThen(
          Effect.sync(() => {
            for (const each of above) kept.add(each)
          })
        ),
        Effect.mapError((error) => toStorageError(place, "put", path, error))
      )
    })

  return { keepName, forget: () => kept.clear() }
}
