/** The names of one directory, with what they are, in the order a listing needs. */

import { remedy } from "@ourclone/core/contract/CoreRemedies"
import type { Remedy } from "@ourclone/core/contract/Remedy"
import * as RemotePath from "@ourclone/core/contract/RemotePath"
import * as Spelling from "@ourclone/core/contract/Spelling"
import * as fs from "../disk/DiskFs.ts"
import { codeOf, reasonOf } from "../place/LocalErrors.ts"
import type { Place } from "../place/LocalPlace.ts"
import * as Symlinks from "../place/Symlinks.ts"
import { isTemporary } from "../unfinished/TemporaryName.ts"

export interface Name {
  /** What the entry is ordered by: the name as listed, with `/` after that of a directory. */
  readonly key: string
  /** On the disk, as `DiskFs` takes it. */
  readonly name: string
  readonly kind: "file" | "directory" | "link" | "skipped"
  /** Why it is skipped. */
  readonly because?: string
  readonly remedy?: Remedy
  readonly isFailure?: boolean
}

const plain = /^[\0-\ud7ff]*$/

const byKey = (left: Name, right: Name): number => (left.key < right.key ? -1 : left.key > right.key ? 1 : 0)
const byBytes = (left: Name, right: Name): number => RemotePath.compare(left.key, right.key)

const skip = (name: string, because: string, isFailure: boolean): Name => ({
  key: Spelling.characters.toPath(name),
  name,
  kind: "skipped",
  because,
  isFailure
})

const followed = (name: string, path: string): Name => {
  try {
    const stats = fs.statSync(path)
    const key = Spelling.characters.toPath(name)
    if (stats.isDirectory()) return { key: `${key}/`, name, kind: "directory" }
    return stats.isFile() ? { key, name, kind: "file" } : skip(name, "it points to neither a file nor a folder", false)
  } catch (error) {
    const reason = reasonOf(error)
    const because =
      reason._tag === "NotFound"
        ? "what it points to does not exist"
        : codeOf(error) === "ELOOP"
          ? "it leads back to itself"
          : reason.message
    return skip(name, `it is a symbolic link and can not be followed: ${because}`, true)
  }
}

const ofLink = (place: Place, name: string, path: string): Name =>
  place.copyLinks
    ? followed(name, path)
    : place.metadata
      ? { key: Spelling.characters.toPath(name), name, kind: "link" }
      : place.links
        ? { key: Spelling.characters.toPath(name) + Symlinks.suffix, name, kind: "link" }
        : { ...skip(name, "it is a symbolic link", false), remedy: remedy("followOrStoreLinks") }

const ofSpecial = ({ entry, name }: fs.DiskEntry): Name =>
  skip(
    name,
    entry.isFIFO()
      ? "it is a named pipe"
      : entry.isSocket()
        ? "it is a socket"
        : entry.isBlockDevice() || entry.isCharacterDevice()
          ? "it is a device"
          : "it is neither a file nor a folder",
    false
  )

const ofEntry = (place: Place, directory: string, found: fs.DiskEntry): Name => {
  const { entry, name } = found
  const key = Spelling.characters.toPath(name)
  // On Windows half a character is what it is, and no byte.
  const isText = process.platform === "win32" ? name.isWellFormed() : key.isWellFormed()
  if (!isText) return skip(name.toWellFormed(), "its name is not valid Unicode: rename it", true)
  if (entry.isFile()) return { key, name, kind: "file" }
  if (entry.isDirectory()) return { key: `${key}/`, name, kind: "directory" }
  return entry.isSymbolicLink() ? ofLink(place, name, `${directory}/${name}`) : ofSpecial(found)
}

/** A link `x` and a file `x.rclonelink` in one directory would be one path. The file keeps it. */
const withoutTwins = (names: Array<Name>): Array<Name> => {
  const files = new Set<string>()
  for (const { kind, key } of names) if (kind === "file" && key.endsWith(Symlinks.suffix)) files.add(key)
  if (files.size === 0) return names
  return names.map((name) => {
    if (name.kind !== "link" || !files.has(name.key)) return name
    const link = name.key.slice(0, -Symlinks.suffix.length)
    const because = `a file of this name stands beside the symbolic link "${link}": rename one`
    return skip(name.name, because, true)
  })
}

export interface Names {
  /** In order; own temporary files are left out. */
  readonly names: ReadonlyArray<Name>
  /** Whether nothing at all is there, temporary files included. */
  readonly isEmpty: boolean
}

/** Tells of temporary files that are there. Throws what `readdir` throws. */
export const read = (place: Place, directory: string, onTemporary: () => void): Names => {
  const entries = fs.entriesSync(directory)
  let names: Array<Name> = []
  let isPlain = true
  let hasLinks = false
  for (const entry of entries) {
    if (isTemporary(entry.name)) {
      onTemporary()
      continue
    }
    const name = ofEntry(place, directory, entry)
    isPlain &&= plain.test(name.key)
    hasLinks ||= name.kind === "link"
    names.push(name)
  }
  if (hasLinks) names = withoutTwins(names)
  return { names: names.sort(isPlain ? byKey : byBytes), isEmpty: entries.length === 0 }
}
