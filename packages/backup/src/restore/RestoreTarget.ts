/**
 * The folder that is restored into: what may be made there, and how.
 *
 * Whoever made the snapshot chose its names and links, so nothing here goes through a symbolic
 * link below the target. Directories are made, or found to be directories, one by one from the
 * target down before anything is put into them; names are unique in their directory; and what is
 * written is opened with `O_NOFOLLOW`, or takes its place by a rename.
 */
import { hash } from "node:crypto"
import * as fs from "node:fs"
import { dirname } from "node:path"
import * as Posix from "@ourclone/system/Posix"
import { codeOf } from "../system/SystemFailure.ts"
import { join } from "./RestoreEntries.ts"

export type Overwrite = "always" | "if-changed" | "if-newer" | "never" | "keep-both"

const ownerBits = 0o700
const isRoot = process.getuid?.() === 0

/** Codes of the system after which no other file can be written either. */
export const stopping: ReadonlySet<string> = new Set(["ENOSPC", "EDQUOT", "EROFS"])

/** What is at a path, itself and not what it points to; `undefined` when nothing is. */
export const look = (path: Buffer): fs.BigIntStats | undefined =>
  fs.lstatSync(path, { bigint: true, throwIfNoEntry: false })

/** Node's own `recursive` never ends below /proc, where a folder can be neither made nor missing. */
const makeFolders = (path: string): void => {
  if (fs.existsSync(path)) {
    fs.statSync(`${path}/.`)
    return
  }
  makeFolders(dirname(path))
  try {
    fs.mkdirSync(path)
  } catch (error) {
    if (codeOf(error) !== "EEXIST") throw error
    fs.statSync(`${path}/.`)
  }
}

/** Makes the folder and all above it, and gives its path without symbolic links: those that the user wrote are followed. */
export const open = (target: string, isDryRun: boolean): Buffer => {
  if (!isDryRun) makeFolders(target)
  if (fs.existsSync(target)) return fs.realpathSync.native(Buffer.from(target), { encoding: "buffer" })
  return join(open(dirname(target), true), Buffer.from(target.slice(dirname(target).length).replace(/^\//, "")))
}

/**
 * Where a file is kept until it is whole. The same in each run, so that a broken-off one is
 * continued; no snapshot can have the name in that directory, since `tree` is the hash of its names.
 */
export const temporaryName = (tree: string, name: Uint8Array): Buffer => {
  const digest = hash("sha256", Buffer.concat([Buffer.from(tree), name]))
  return Buffer.from(`.ourclone-${digest.slice(0, 24)}.partial`)
}

/** Whether two names are one file: on macOS and Windows upper and lower case mean the same. */
const foldsCase = process.platform === "darwin" || process.platform === "win32"

/** Equal for names that mean the same file. */
export const nameKey = (name: Buffer): string =>
  foldsCase ? name.toString().normalize("NFC").toLowerCase() : name.toString("latin1")

export type OpenedDirectory =
  | { readonly _tag: "Made" }
  | { readonly _tag: "There"; readonly names: ReadonlyMap<string, Buffer>; readonly formerMode: number | undefined }
  | { readonly _tag: "Refused"; readonly because: string }

/** Which of the existing things may be replaced. */
export interface Replacing {
  readonly overwrite: Overwrite
  readonly isDryRun: boolean
  /** Nanoseconds since 1970 of what is to be restored. */
  readonly modified: bigint
}

/** Whether what is there stays, whatever it is. */
export const keepsAll = (overwrite: Overwrite): boolean => overwrite === "never" || overwrite === "keep-both"

/** Whether what is there stays because the user said so. */
export const isKept = (found: fs.BigIntStats, { modified, overwrite }: Omit<Replacing, "isDryRun">): boolean =>
  keepsAll(overwrite) || (overwrite === "if-newer" && found.mtimeNs >= modified)

const namesIn = (path: Buffer): ReadonlyMap<string, Buffer> =>
  new Map(fs.readdirSync(path, { encoding: "buffer" }).map((name) => [nameKey(name), name]))

/** A directory that may be written into; without write permission of its own it gets that for the time being. */
const enter = (path: Buffer, found: fs.BigIntStats, isDryRun: boolean): OpenedDirectory => {
  const mode = Number(found.mode) & 0o7777
  const isClosed = !isRoot && (mode & ownerBits) !== ownerBits
  if (isClosed && !isDryRun) Posix.setPermissions(path, mode | ownerBits)
  return { _tag: "There", names: namesIn(path), formerMode: isClosed ? mode : undefined }
}

const makeDirectory = (path: Buffer): void => fs.mkdirSync(path, { mode: ownerBits })

/** Makes the directory, or sees to it that there is one; never through a symbolic link. The one above it is open already. */
export const openDirectory = (path: Buffer, replacing: Replacing): OpenedDirectory => {
  if (!replacing.isDryRun) {
    try {
      makeDirectory(path)
      return { _tag: "Made" }
    } catch (error) {
      if (codeOf(error) !== "EEXIST") throw error
    }
  }
  const found = look(path)
  if (found === undefined) return { _tag: "Made" }
  if (found.isDirectory()) return enter(path, found, replacing.isDryRun)
  if (isKept(found, replacing)) {
    return {
      _tag: "Refused",
      because: `something that is not a directory is there and is kept (overwriting: ${replacing.overwrite})`
    }
  }
  if (!replacing.isDryRun) {
    fs.unlinkSync(path)
    makeDirectory(path)
  }
  return { _tag: "Made" }
}

/**
 * Removes what is at a path, a directory with all that is in it. Symbolic links are removed and
 * not followed, and other file systems that are mounted below are not entered: it fails with `EXDEV`.
 * Gives how many names are gone.
 */
export const removeAll = (path: Buffer, device?: bigint): number => {
  const found = look(path)
  if (found === undefined) return 0
  if (!found.isDirectory()) {
    fs.unlinkSync(path)
    return 1
  }
  if (device !== undefined && found.dev !== device) {
    throw Object.assign(new Error(`"${path}" is another file system, which is mounted there: it is not deleted`), {
      code: "EXDEV"
    })
  }
  if (!isRoot && (Number(found.mode) & ownerBits) !== ownerBits) Posix.setPermissions(path, ownerBits)
  let removed = 1
  for (const name of fs.readdirSync(path, { encoding: "buffer" })) removed += removeAll(join(path, name), found.dev)
  fs.rmdirSync(path)
  return removed
}
