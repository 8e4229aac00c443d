/** Other names for files and directories, by one rename. Nothing behind a symbolic link is changed. */

import type { File } from "@ourclone/core/contract/Entry"
import type { Provider } from "@ourclone/core/contract/Provider"
import * as RemotePath from "@ourclone/core/contract/RemotePath"
import { AlreadyExists, InvalidRequest, NotFound } from "@ourclone/core/contract/StorageError"
import * as fs from "../disk/DiskFs.ts"
import * as OpenFile from "../disk/OpenFile.ts"
import { attempt } from "../place/LocalErrors.ts"
import * as LocalFiles from "../place/LocalFiles.ts"
import * as Place from "../place/LocalPlace.ts"
import * as Symlinks from "../place/Symlinks.ts"
import type { Folders } from "./Folders.ts"
import * as Replacement from "./Replacement.ts"

const none = () => new NotFound({ message: "it is not there" })

/** Throws `FileChanged` when it is no longer the one that was listed. */
const check = (absolute: string, isLink: boolean, file: File): void => {
  if (isLink) LocalFiles.linkTarget(absolute, file)
  else fs.closeSync(OpenFile.open(absolute, file, false))
}

/** A symbolic link moves as a link, so its new name is that of one too. */
const targetOf = (place: Place.Place, folders: Folders, to: RemotePath.RemotePath, isLink: boolean): string => {
  const target = Replacement.prepare(place, folders, to)
  if (place.metadata) return target
  if (isLink !== (place.links && Symlinks.isLinkPath(to))) {
    throw new InvalidRequest({ message: `only the name of a symbolic link ends in ${Symlinks.suffix}` })
  }
  return isLink ? Symlinks.withoutSuffix(target) : target
}

export const move =
  (place: Place.Place, folders: Folders): NonNullable<Provider["move"]> =>
  (from, to) =>
    attempt(place, "move", from.path, () => {
      if (!folders.check(RemotePath.parent(from.path))) throw none()
      const { absolute, isLink } = LocalFiles.locate(place, from.path)
      check(absolute, isLink, from)
      const target = targetOf(place, folders, to, isLink)
      Replacement.refuseAtFolder(target)
      fs.renameSync(absolute, target)
      return LocalFiles.stat(place, to)
    })

export const moveDirectory =
  (place: Place.Place, folders: Folders): NonNullable<Provider["moveDirectory"]> =>
  (from, to) =>
    attempt(place, "moveDirectory", from, () => {
      folders.forget()
      if (from === "" || to === "") throw new InvalidRequest({ message: "the root has no other name" })
      if (RemotePath.isWithin(to, from)) throw new InvalidRequest({ message: "it would lie inside itself" })
      if (!folders.check(from)) throw none()
      const target = Place.absolute(place, to)
      folders.ensure(RemotePath.parent(to))
      if (fs.lstatSync(target, { throwIfNoEntry: false }) !== undefined) {
        throw new AlreadyExists({ message: `something is at "${to}" already: remove it or choose another name` })
      }
      fs.renameSync(Place.absolute(place, from), target)
      folders.forget()
    })
