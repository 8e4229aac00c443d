/**
 * Which folder a path names, whatever it is called: device and inode of it and of every folder around it.
 *
 * A mount of one folder on another, a symbolic link and other letter case all lead to the same inodes. Where a
 * mount hides what lies around a folder on its disk, the folders there count too, as far as another mount shows them.
 */

import * as nodePath from "node:path"
import type { PlaceIdentity, Step } from "@ourclone/core/contract/PlaceIdentity"
import { isWithin } from "@ourclone/core/contract/RemotePath"
import * as fs from "../disk/DiskFs.ts"
import { nearestExisting } from "./LocalPlace.ts"

interface Mount {
  /** `8:1` */
  readonly device: string
  /** The folder of the file system that is mounted, and where. */
  readonly root: string
  readonly point: string
  /** `ext4`, `fuse.sshfs` */
  readonly type: string
  /** Of the file system, with commas between. */
  readonly options: string
}

const idOf = (path: string): string => {
  const { dev, ino } = fs.statSync(path, { bigint: true })
  // Some file systems number nothing; then the name is all there is.
  return ino === 0n ? path : `${dev}:${ino}`
}

const unquoted = (text: string): string =>
  text.replace(/\\([0-7]{3})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 8)))

/** What `/proc/self/mountinfo` says; what is no line of it is passed over. */
export const mountsIn = (text: string): ReadonlyArray<Mount> =>
  text.split("\n").flatMap((line) => {
    const [first = "", second = ""] = line.split(" - ", 2)
    const [, , device, root, point] = first.split(" ")
    const [type = "", , options = ""] = second.split(" ")
    return device === undefined || root === undefined || point === undefined
      ? []
      : [{ device, root: unquoted(root), point: unquoted(point), type, options }]
  })

const mounts = (): ReadonlyArray<Mount> => {
  if (process.platform !== "linux") return []
  try {
    return mountsIn(fs.readFileSync("/proc/self/mountinfo"))
  } catch {
    return []
  }
}

/** The mount that `path`, which is real, lies in; of several at one place the last. */
export const mountOf = (path: string, all: ReadonlyArray<Mount> = mounts()): Mount | undefined => {
  let own: Mount | undefined
  for (const mount of all) {
    const isNearer = own === undefined || mount.point.length >= own.point.length
    if (isNearer && (mount.point === "/" || isWithin(path, mount.point))) own = mount
  }
  return own
}

/** The mount that shows `path`, of which nothing need exist, where a program does: a disk that one reads, as NTFS may be, is a disk. */
export const programOf = (path: string): string | undefined => {
  const mount = mountOf(fs.realpathSync(nearestExisting(path)))
  return mount !== undefined && /^fuse(\.|$)/.test(mount.type) ? mount.device : undefined
}

/** The folders strictly below `path`, which is real, that another file system or folder is mounted on. */
export const mountsBelow = (path: string): ReadonlyArray<string> => {
  const start = path === nodePath.sep ? path : path + nodePath.sep
  return mounts().flatMap(({ point }) => (point !== path && point.startsWith(start) ? [point] : []))
}

/** `path` through a mount that shows more of its file system than the one it lies in. */
const behindMount = (path: string, all: ReadonlyArray<Mount>): string | undefined => {
  const own = mountOf(path, all)
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

/** The folders on the way to `path`, which exists, and itself. */
const stepsTo = (path: string): Array<Step> => {
  const steps: Array<Step> = []
  for (let folder = path; ; folder = nodePath.dirname(folder)) {
    steps.unshift({ name: nodePath.basename(folder), id: idOf(folder) })
    if (nodePath.dirname(folder) === folder) return steps
  }
}

/** The ways to the absolute path `root`, of which nothing need exist. */
const waysTo = (root: string): ReadonlyArray<ReadonlyArray<Step>> => {
  const existing = nearestExisting(root)
  const real = fs.realpathSync(existing)
  const elsewhere = behindMount(real, mounts())
  const names = nodePath
    .relative(existing, root)
    .split(nodePath.sep)
    .filter((name) => name !== "")
  const rest = names.map((name) => ({ name }))
  return [real, ...(elsewhere === undefined ? [] : [elsewhere])].map((path) => [...stepsTo(path), ...rest])
}

/** `Account.id`: the files of this machine. */
export const account = "local"

/** What the absolute path `root` is, of which nothing need exist. */
export const identityOf = (root: string): PlaceIdentity => ({ account, ways: waysTo(root) })

const rememberedFor = 1000

/** The identity of a file by its absolute path: its folder, and its name in it. What was found of folders is remembered for a second. */
export const makeLocate = (): ((absolute: string) => PlaceIdentity) => {
  const known = new Map<string, ReadonlyArray<ReadonlyArray<Step>>>()
  let until = 0
  return (absolute) => {
    const now = performance.now()
    if (now > until) {
      known.clear()
      until = now + rememberedFor
    }
    const folder = nodePath.dirname(absolute)
    const ways = known.get(folder) ?? waysTo(folder)
    known.set(folder, ways)
    const name = nodePath.basename(absolute)
    return { account, ways: ways.map((way) => [...way, { name }]) }
  }
}
