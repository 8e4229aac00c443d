/** Where a local provider is rooted and how it treats symbolic links: what every operation of it needs to know. */

import * as nodePath from "node:path"
import * as RemotePath from "@ourclone/core/contract/RemotePath"
import * as Spelling from "@ourclone/core/contract/Spelling"
import { InvalidRequest } from "@ourclone/core/contract/StorageError"
import * as fs from "../disk/DiskFs.ts"

export interface Place {
  /** `Provider.name`, for messages. */
  readonly name: string
  /** Absolute, without a separator at its end; "" for the root of the file system. */
  readonly root: string
  /** Symbolic links are files `name.rclonelink` that hold the target. */
  readonly links: boolean
  /** Symbolic links are what they point to. */
  readonly copyLinks: boolean
  /** Modes are kept beside files, and symbolic links are files of another kind whose bytes are the target. */
  readonly metadata: boolean
}

const withoutEnd = (path: string): string => (path.endsWith(nodePath.sep) ? path.slice(0, -1) : path)

/** A root that is not there as it is written may be written as a listing shows it. */
const rootOf = (root: string): string => {
  const meant = Spelling.characters.toName(root)
  return meant !== root && !fs.existsSync(root) && fs.existsSync(meant) ? meant : root
}

export const make = (options: {
  readonly root: string
  readonly links?: boolean | undefined
  readonly copyLinks?: boolean | undefined
  readonly metadata?: boolean | undefined
  readonly name?: string | undefined
}): Place => ({
  name: options.name ?? options.root,
  root: withoutEnd(rootOf(nodePath.resolve(options.root))),
  links: options.links ?? false,
  copyLinks: options.copyLinks ?? false,
  metadata: options.metadata ?? false
})

const deviceName = /(?:^|\/)(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?:\.[^/]*)?(?:\/|$)/i
/** Windows takes `\` for `/` and what follows `:` for a stream, and drops dots and spaces at the end of a name. */
const windowsRefuses = /[\\:*?"<>|]|[. ](?:\/|$)/

/** Why this system can not store `path`; `undefined` when it can. */
export const refusal = (path: string, platform: string = process.platform): string | undefined => {
  const because = RemotePath.refusal(path)
  if (because !== undefined || platform !== "win32") return because
  if (deviceName.test(path)) return "Windows keeps it for a device"
  return windowsRefuses.test(path)
    ? 'Windows allows none of \\ : * ? " < > | in a name, nor a dot or a space at its end'
    : undefined
}

const refused = (because: string) =>
  new InvalidRequest({ message: `this name can not be used: ${because}`, concernsName: true })

/** What `path` is called on the disk, below the root. Throws `InvalidRequest` when it can not be. */
const onDisk = (path: string): string => {
  const because = refusal(path)
  if (because !== undefined) throw refused(because)
  const name = Spelling.characters.toName(path)
  if (name !== path && !Spelling.isFaithful(name)) throw refused("it spells single bytes that together are a character")
  return name
}

/** The absolute path of `path`. Throws `InvalidRequest` when it would lie outside the root, or can not be a name here. */
export const absolute = (place: Place, path: string): string =>
  path === "" ? place.root || nodePath.sep : `${place.root}/${onDisk(path)}`

/** The nearest directory at or above `path` that exists. */
export const nearestExisting = (path: string): string => {
  let directory = path
  while (!fs.existsSync(directory) && nodePath.dirname(directory) !== directory) directory = nodePath.dirname(directory)
  return directory
}

/** `Provider.location`: the root with every symbolic link followed, so that two names of one folder can be told to be one. */
export const location = (place: Place): string => {
  const root = place.root || nodePath.sep
  const existing = nearestExisting(root)
  const real = nodePath.join(fs.realpathSync(existing), nodePath.relative(existing, root))
  return withoutEnd(real).replaceAll(nodePath.sep, "/")
}

/** Whether every directory on the way to `path`, and `path` itself, is there and none is a symbolic link. */
export const isReal = (place: Place, path: string): boolean => {
  if (path === "") return true
  for (let end = path.indexOf("/"); ; end = path.indexOf("/", end + 1)) {
    const stats = fs.lstatSync(absolute(place, end < 0 ? path : path.slice(0, end)), { throwIfNoEntry: false })
    if (stats === undefined || stats.isSymbolicLink()) return false
    if (end < 0) return true
  }
}
