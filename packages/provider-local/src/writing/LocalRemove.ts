/** Removing files and empty directories, never behind a symbolic link. */

import * as RemotePath from "@ourclone/core/contract/RemotePath"
import type { StorageError } from "@ourclone/core/contract/StorageError"
import type * as Effect from "effect/Effect"
import * as fs from "../disk/DiskFs.ts"
import { attempt, codeOf } from "../place/LocalErrors.ts"
import * as Place from "../place/LocalPlace.ts"
import * as Symlinks from "../place/Symlinks.ts"
import type { Folders } from "./Folders.ts"

type Remove = (path: RemotePath.RemotePath) => Effect.Effect<void, StorageError>

const isLink = (absolute: string): boolean =>
  fs.lstatSync(absolute, { throwIfNoEntry: false })?.isSymbolicLink() ?? false

/** What to unlink for the file `path`. With `links` a link `x` is the file `x.rclonelink` and not the file `x`. */
const targetOf = (place: Place.Place, path: RemotePath.RemotePath): string | undefined => {
  const absolute = Place.absolute(place, path)
  const stats = fs.lstatSync(absolute, { throwIfNoEntry: false })
  const isFile = stats !== undefined && !stats.isDirectory() && !(place.links && stats.isSymbolicLink())
  if (isFile) return absolute
  if (!place.links || !Symlinks.isLinkPath(path)) return undefined
  const link = Symlinks.withoutSuffix(absolute)
  return isLink(link) ? link : undefined
}

const attemptUnless = (
  place: Place.Place,
  operation: string,
  path: RemotePath.RemotePath,
  fineCodes: ReadonlyArray<string>,
  run: () => void
): Effect.Effect<void, StorageError> =>
  attempt(place, operation, path, () => {
    try {
      run()
    } catch (error) {
      if (!fineCodes.includes(codeOf(error) ?? "")) throw error
    }
  })

export const remove =
  (place: Place.Place, folders: Folders): Remove =>
  (path) =>
    attemptUnless(place, "remove", path, ["ENOENT", "ENOTDIR"], () => {
      if (path === "" || !folders.check(RemotePath.parent(path))) return
      const target = targetOf(place, path)
      if (target !== undefined) fs.unlinkSync(target)
    })

/** The root stays, and so does a folder that something is mounted on. */
export const removeDirectory =
  (place: Place.Place, folders: Folders): Remove =>
  (path) =>
    attemptUnless(place, "removeDirectory", path, ["ENOENT", "ENOTDIR", "ENOTEMPTY", "EEXIST", "EBUSY"], () => {
      folders.forget()
      if (path === "" || !folders.check(path)) return
      folders.forget()
      fs.rmdirSync(Place.absolute(place, path))
    })
