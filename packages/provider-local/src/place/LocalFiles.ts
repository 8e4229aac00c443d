/** What a path stands for on the disk. */

import type { DatedFile, Directory, File } from "@ourclone/core/contract/Entry"
import type { RemotePath } from "@ourclone/core/contract/RemotePath"
import { NotFound } from "@ourclone/core/contract/StorageError"
import * as fs from "../disk/DiskFs.ts"
import * as FileTime from "../disk/FileTime.ts"
import * as OpenFile from "../disk/OpenFile.ts"
import * as StatedSize from "../disk/StatedSize.ts"
import * as LocalMetadata from "./LocalMetadata.ts"
import * as Place from "./LocalPlace.ts"
import * as Symlinks from "./Symlinks.ts"

export interface Located {
  readonly absolute: string
  /** Whether the file is a symbolic link and its bytes are the target. */
  readonly isLink: boolean
}

/** A regular file whose name ends in the suffix comes before the link it would stand for. */
export const locate = (place: Place.Place, path: RemotePath): Located => {
  const absolute = Place.absolute(place, path)
  if (place.metadata) {
    return { absolute, isLink: fs.lstatSync(absolute, { throwIfNoEntry: false })?.isSymbolicLink() === true }
  }
  if (!place.links || !Symlinks.isLinkPath(path)) return { absolute, isLink: false }
  const link = Symlinks.withoutSuffix(absolute)
  const isLink = !isRegular(absolute) && fs.lstatSync(link, { throwIfNoEntry: false })?.isSymbolicLink() === true
  return isLink ? { absolute: link, isLink } : { absolute, isLink: false }
}

const isRegular = (absolute: string): boolean => fs.lstatSync(absolute, { throwIfNoEntry: false })?.isFile() ?? false

const none = () => new NotFound({ message: "there is no such file" })

/** Throws `NotFound` for all but a file that a listing would report. */
export const stat = (place: Place.Place, path: RemotePath): DatedFile => {
  const { absolute, isLink } = locate(place, path)
  if (!place.copyLinks && !Place.isReal(place, path.slice(0, Math.max(0, path.lastIndexOf("/"))))) throw none()
  const stats = (place.copyLinks ? fs.statSync : fs.lstatSync)(absolute, { bigint: true })
  if (!isLink && !stats.isFile()) throw none()
  const isUnsure = !isLink && StatedSize.isUnsure(absolute, Number(stats.dev), Number(stats.size))
  return {
    _tag: "File",
    path,
    size: isLink ? Symlinks.readTarget(absolute).length : Number(stats.size),
    ...(isUnsure ? { isSizeUnsure: true } : {}),
    ...FileTime.ofExactStats(stats),
    checksums: {},
    ...LocalMetadata.fields(place, absolute, isLink, stats)
  }
}

/** Throws `NotFound` for all but a directory that a listing would go into. */
export const statDirectory = (place: Place.Place, path: RemotePath): Directory => {
  const absolute = Place.absolute(place, path)
  const isThere = place.copyLinks || Place.isReal(place, path)
  if (!isThere || fs.statSync(absolute, { throwIfNoEntry: false })?.isDirectory() !== true) throw none()
  return { _tag: "Directory", path }
}

/** The bytes of a link. Throws `FileGone` and `FileChanged` as `OpenFile` does. */
export const linkTarget = (absolute: string, file: File): Uint8Array<ArrayBuffer> => {
  const stats = fs.lstatSync(absolute, { throwIfNoEntry: false })
  if (stats === undefined) throw new OpenFile.FileGone()
  if (!stats.isSymbolicLink() || FileTime.ofStats(stats) !== (file.modifiedAt ?? FileTime.ofStats(stats)))
    throw new OpenFile.FileChanged()
  const target = Symlinks.readTarget(absolute)
  if (target.length !== file.size) throw new OpenFile.FileChanged()
  return target
}
