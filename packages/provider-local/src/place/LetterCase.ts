/** Whether a folder tells `A` from `a`: looked up with a name that is there, since the system's usual way says little of a mounted disk. */

import * as nodePath from "node:path"
import * as fs from "../disk/DiskFs.ts"
import * as LocalIdentity from "./LocalIdentity.ts"
import { nearestExisting } from "./LocalPlace.ts"

/** So many names are looked at for a letter. */
const most = 50

const flipped = (name: string): string | undefined => {
  const upper = name.toUpperCase()
  const other = upper === name ? name.toLowerCase() : upper
  return other === name ? undefined : other
}

/** Whether `name`, which is in `folder`, is also found in other letter case. */
const tells = (folder: string, name: string): boolean | undefined => {
  const other = flipped(name)
  if (other === undefined) return undefined
  const own = fs.lstatSync(nodePath.join(folder, name), { bigint: true, throwIfNoEntry: false })
  const found = fs.lstatSync(nodePath.join(folder, other), { bigint: true, throwIfNoEntry: false })
  if (own === undefined) return undefined
  return found === undefined || found.ino !== own.ino || found.dev !== own.dev
}

const byContent = (folder: string): boolean | undefined => {
  const directory = fs.opendirSync(folder, { bufferSize: most })
  try {
    for (let count = 0; count < most; count++) {
      const entry = directory.readSync()
      if (entry === null) return undefined
      const told = tells(folder, entry.name)
      if (told !== undefined) return told
    }
    return undefined
  } finally {
    directory.closeSync()
  }
}

/** They tell, whatever they hold. Others may or may not, by a setting of the disk or of the folder. */
const tellingTypes: ReadonlySet<string> = new Set(["btrfs", "tmpfs", "fuse.ourclone"])

const byType = (folder: string): boolean | undefined => {
  const mount = LocalIdentity.mountOf(folder)
  return mount !== undefined && tellingTypes.has(mount.type) && !mount.options.includes("casefold") ? true : undefined
}

/** By what is in the folder, else by its own name, as long as that is a name of the same disk, else by what disk it is. `undefined` when none tells. */
const ofDisk = (folder: string): boolean | undefined => {
  const { dev } = fs.statSync(folder)
  const told = byContent(folder)
  if (told !== undefined) return told
  for (let inner = folder; ; inner = nodePath.dirname(inner)) {
    const outer = nodePath.dirname(inner)
    if (outer === inner || fs.statSync(outer).dev !== dev) return byType(folder)
    const byName = tells(outer, nodePath.basename(inner))
    if (byName !== undefined) return byName
  }
}

const tried = (folder: string): boolean | undefined => {
  try {
    return ofDisk(folder)
  } catch {
    return undefined
  }
}

/** Of the folder, and of every disk that is mounted below it. `undefined` when no name tells. */
export const isCaseSensitive = (root: string): boolean | undefined => {
  const existing = nearestExisting(root)
  const folder = fs.realpathSync(existing)
  const told = tried(folder)
  // Nothing is mounted below what is not there.
  if (told !== true || existing !== root) return told
  return LocalIdentity.mountsBelow(folder).every((point) => tried(point) === true) ? true : undefined
}
