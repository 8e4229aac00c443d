/** The names of one directory, with what they are, in the order a listing needs. */
import * as fs from "node:fs"
import type { Remedy } from "@ourclone/core/contract/Remedy"
import * as RemotePath from "@ourclone/core/contract/RemotePath"
import { codeOf, reasonOf } from "./LocalErrors.ts"
import type { Place } from "./LocalPlace.ts"
import { remedy } from "./LocalRemedies.ts"
import * as Symlinks from "./Symlinks.ts"
import { isTemporary } from "./TemporaryName.ts"

export interface Name {
  /** What the entry is ordered by: the name as listed, with `/` after that of a directory. */
  readonly key: string
  /** On the disk. */
  readonly name: string
  readonly kind: "file" | "directory" | "link" | "skipped"
  /** Why it is skipped. */
  readonly because?: string
  readonly remedy?: Remedy
  readonly isFailure?: boolean
}

const plain = /^[\0-\ud7ff]*$/
const replacement = "\ufffd"

const byKey = (left: Name, right: Name): number => (left.key < right.key ? -1 : left.key > right.key ? 1 : 0)
const byBytes = (left: Name, right: Name): number => RemotePath.compare(left.key, right.key)

const skip = (name: string, because: string, isFailure: boolean): Name => ({
  key: name,
  name,
  kind: "skipped",
  because,
  isFailure
})

const followed = (name: string, path: string): Name => {
  try {
    const stats = fs.statSync(path)
    if (stats.isDirectory()) return { key: `${name}/`, name, kind: "directory" }
    return stats.isFile()
      ? { key: name, name, kind: "file" }
      : skip(name, "it points to neither a file nor a folder", false)
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
    : place.links
      ? { key: name + Symlinks.suffix, name, kind: "link" }
      : { ...skip(name, "it is a symbolic link", false), remedy: remedy("followOrStoreLinks") }

const ofSpecial = (entry: fs.Dirent): Name =>
  skip(
    entry.name,
    entry.isFIFO()
      ? "it is a named pipe"
      : entry.isSocket()
        ? "it is a socket"
        : entry.isBlockDevice() || entry.isCharacterDevice()
          ? "it is a device"
          : "it is neither a file nor a folder",
    false
  )

const ofEntry = (place: Place, directory: string, entry: fs.Dirent): Name => {
  const name = entry.name
  if (!name.isWellFormed()) return skip(name.toWellFormed(), "its name is not valid Unicode: rename it", true)
  if (entry.isFile()) return { key: name, name, kind: "file" }
  if (entry.isDirectory()) return { key: `${name}/`, name, kind: "directory" }
  return entry.isSymbolicLink() ? ofLink(place, name, `${directory}/${name}`) : ofSpecial(entry)
}

const utf8 = new TextDecoder("utf-8", { fatal: true })

const isUtf8 = (bytes: Uint8Array): boolean => {
  try {
    utf8.decode(bytes)
    return true
  } catch {
    return false
  }
}

/** `caf\xe9` for a name in Latin 1. */
const escaped = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) =>
    byte < 32 || byte > 126 ? `\\x${byte.toString(16).padStart(2, "0")}` : String.fromCharCode(byte)
  ).join("")

/** Names that a string can not hold, which a reading as strings shows with replacement characters in them. */
const notUtf8 = (directory: string): ReadonlyArray<Name> =>
  fs
    .readdirSync(directory, { encoding: "buffer" })
    .filter((bytes) => !isUtf8(bytes))
    .map((bytes) => skip(escaped(bytes), "its name is not valid UTF-8: rename it", true))

/** A link `x` and a file `x.rclonelink` in one directory would be one path. The file keeps it. */
const withoutTwins = (names: Array<Name>): Array<Name> => {
  const files = new Set<string>()
  for (const { kind, key } of names) if (kind === "file" && key.endsWith(Symlinks.suffix)) files.add(key)
  if (files.size === 0) return names
  return names.map((name) =>
    name.kind === "link" && files.has(name.key)
      ? skip(name.key, `a file of this name stands beside the symbolic link "${name.name}": rename one`, true)
      : name
  )
}

export interface Names {
  /** In order; own temporary files are left out. */
  readonly names: ReadonlyArray<Name>
  /** Whether nothing at all is there, temporary files included. */
  readonly isEmpty: boolean
}

/** Tells of temporary files that are there. Throws what `readdir` throws. */
export const read = (place: Place, directory: string, onTemporary: () => void): Names => {
  const entries = fs.readdirSync(directory, { withFileTypes: true })
  let names: Array<Name> = []
  let isPlain = true
  let hasReplacement = false
  let hasLinks = false
  for (const entry of entries) {
    if (isTemporary(entry.name)) {
      onTemporary()
      continue
    }
    if (!plain.test(entry.name)) {
      isPlain = false
      if (entry.name.includes(replacement)) hasReplacement = true
    }
    const name = ofEntry(place, directory, entry)
    hasLinks ||= name.kind === "link"
    names.push(name)
  }
  if (hasReplacement) {
    const valid = new Set(
      fs
        .readdirSync(directory, { encoding: "buffer" })
        .filter(isUtf8)
        .map((bytes) => bytes.toString())
    )
    names = [...names.filter(({ name }) => !name.includes(replacement) || valid.has(name)), ...notUtf8(directory)]
  }
  if (hasLinks) names = withoutTwins(names)
  return { names: names.sort(isPlain ? byKey : byBytes), isEmpty: entries.length === 0 }
}
