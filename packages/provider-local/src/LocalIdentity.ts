/**
 * Which folder a path names, whatever it is called: device and inode of it and of every folder around it.
 *
 * A mount of one folder on another, a symbolic link and other letter case all lead to the same inodes. Where a
 * mount hides what lies around a folder on its disk, the folders there count too, as far as another mount shows them.
 */
import * as fs from "node:fs"
import * as nodePath from "node:path"
import { isWithin } from "@ourclone/core/contract/RemotePath"
import { nearestExisting } from "./LocalPlace.ts"

interface Mount {
  /** `8:1` */
  readonly device: string
  /** The folder of the file system that is mounted, and where. */
  readonly root: string
  readonly point: string
}

const idOf = (path: string): string => {
  const { dev, ino } = fs.statSync(path, { bigint: true })
  // Some file systems number nothing; then the name is all there is.
  return ino === 0n ? path : `${dev}:${ino}`
}

const unquoted = (text: string): string =>
  text.replace(/\\([0-7]{3})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 8)))

const mounts = (): ReadonlyArray<Mount> => {
  if (process.platform !== "linux") return []
  try {
    const lines = fs.readFileSync("/proc/self/mountinfo", "utf8").split("\n")
    return lines.flatMap((line) => {
      const [, , device, root, point] = line.split(" ")
      return device === undefined || root === undefined || point === undefined
        ? []
        : [{ device, root: unquoted(root), point: unquoted(point) }]
    })
  } catch {
    return []
  }
}

/** `path` through a mount that shows more of its file system than the one it lies in. */
const behindMount = (path: string, all: ReadonlyArray<Mount>): string | undefined => {
  let own: Mount | undefined
  for (const mount of all) {
    const isNearer = own === undefined || mount.point.length >= own.point.length
    if (isNearer && (mount.point === "/" || isWithin(path, mount.point))) own = mount
  }
  if (own === undefined || own.root === "/") return undefined
  const { device, point, root } = own
  for (const mount of all) {
    if (mount.device !== device || mount.root === root || !(mount.root === "/" || isWithin(root, mount.root))) continue
    const other = nodePath.join(mount.point, nodePath.relative(mount.root, root), nodePath.relative(point, path))
    try {
      if (idOf(other) === idOf(path)) return other
    } catch {
      // Another mount lies over it.
    }
  }
  return undefined
}

/** `path` and the folders around it, which exist, from the inside to the outside. */
const idsOf = (path: string): Array<string> => {
  const ids: Array<string> = []
  for (let folder = path; ; folder = nodePath.dirname(folder)) {
    ids.push(idOf(folder))
    if (nodePath.dirname(folder) === folder) return ids
  }
}

/** `PlaceIdentity.ids` of the absolute path `root`, of which nothing need exist. */
export const idsAt = (root: string): ReadonlyArray<string> => {
  const existing = nearestExisting(root)
  const real = fs.realpathSync(existing)
  const elsewhere = behindMount(real, mounts())
  const ids = elsewhere === undefined ? idsOf(real) : [...idsOf(real), ...idsOf(elsewhere).slice(1)]
  for (const name of nodePath.relative(existing, root).split(nodePath.sep)) {
    if (name !== "") ids.unshift(`${ids[0]}/${name}`)
  }
  return ids
}

const rememberedFor = 1000

/** `idsAt` of the folder of a file, and the file's name in it. What was found is remembered for a second. */
export const makeLocate = (): ((absolute: string) => ReadonlyArray<string>) => {
  const known = new Map<string, ReadonlyArray<string>>()
  let until = 0
  return (absolute) => {
    const now = performance.now()
    if (now > until) {
      known.clear()
      until = now + rememberedFor
    }
    const folder = nodePath.dirname(absolute)
    const ids = known.get(folder) ?? idsAt(folder)
    known.set(folder, ids)
    return [`${ids[0]}/${nodePath.basename(absolute)}`, ...ids]
  }
}
