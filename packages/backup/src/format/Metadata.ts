/**
 * Gives a restored file what its node says: owner, extended attributes, times, permissions.
 *
 * The order matters: a new owner clears setuid, attributes need the right to
 * write, and permissions may take that away. What fails is told, not thrown,
 * and the rest is still done; only setuid and setgid are for the right owner alone.
 * Whoever else may write in the folder can put something in the place of a file at any time:
 * what was written is held open, and by a path no link is followed.
 */
import * as fs from "node:fs"
import * as Posix from "@ourclone/system/Posix"
import * as GoTime from "../go/GoTime.ts"
import { codeOf, textOf } from "../system/SystemFailure.ts"
import * as FileMode from "./FileMode.ts"
import type { Node } from "./Node.ts"

export interface MetadataProblem {
  readonly during: "opening" | "owner" | "attributes" | "times" | "permissions"
  /** The system's: `EPERM`. */
  readonly code: string
  /** The cause; whoever asked names the file. */
  readonly message: string
  /** Only the superuser may do it, and we are not: nothing that went wrong. */
  readonly isExpected: boolean
}

export interface MetadataOptions {
  /** Which extended attributes take part, by name; others are neither set nor removed. All when absent. */
  readonly takesAttribute?: ((name: string) => boolean) | undefined
}

/** What lets whoever starts a program be somebody else. */
const setIds = 0o6000

/** `FileMode.permissionsOf` for a file that has not the owner or group of its node: it must not run as somebody it was not meant for. */
export const permissionsOfOther = (mode: number): number => FileMode.permissionsOf(mode) & ~setIds

const isRoot = (): boolean => process.geteuid?.() === 0
const isRefusal = (code: string): boolean => code === "EPERM" || code === "EACCES"

const setOwner = (file: Buffer | number, { gid, uid }: Node): void => {
  if (process.platform === "win32") return
  if (typeof file === "number") fs.fchownSync(file, uid, gid)
  else fs.lchownSync(file, uid, gid)
}

const setTimes = (file: Buffer | number, node: Node): void => {
  const [accessed, modified] = [GoTime.parse(node.atime), GoTime.parse(node.mtime)]
  if (typeof file === "number") Posix.setTimesOf(file, accessed, modified)
  else Posix.setTimes(file, accessed, modified)
}

/** An owner may write attributes only where the permissions let him write: they are set again later anyway. */
const unlocked = (file: Buffer | number, node: Node, change: () => void): void => {
  try {
    change()
  } catch (error) {
    if (codeOf(error) !== "EACCES" || node.type === "symlink") throw error
    Posix.setPermissions(file, node.type === "dir" ? 0o700 : 0o600)
    change()
  }
}

const nothing = Buffer.alloc(0)

/** Attributes the node does not have are removed. */
const setAttributes = (
  file: Buffer | number,
  node: Node,
  { takesAttribute = () => true }: MetadataOptions,
  attempt: (work: () => void) => unknown
): void => {
  const attributes = node.extendedAttributes.filter(({ name }) => takesAttribute(name))
  let present: ReadonlyArray<Buffer> = []
  attempt(() => {
    present = Posix.listAttributes(file).filter((name) => takesAttribute(name.toString()))
  })
  if (present.length === 0 && attributes.length === 0) return
  const wanted = new Set(attributes.map(({ name }) => name))
  for (const name of present) {
    if (!wanted.has(name.toString())) attempt(() => unlocked(file, node, () => Posix.removeAttribute(file, name)))
  }
  const kept = new Set(present.map((name) => name.toString()))
  for (const { name, value } of attributes) {
    const key = Buffer.from(name)
    const bytes = value ?? nothing
    attempt(() => {
      if (kept.has(name) && Posix.getAttribute(file, key).equals(bytes)) return
      unlocked(file, node, () => Posix.setAttribute(file, key, bytes))
    })
  }
}

const { O_DIRECTORY, O_NOFOLLOW, O_NONBLOCK, O_RDONLY } = fs.constants

/** Links can not be opened, devices are not to be, and Windows changes nothing of what is open for reading. */
const isOpened = ({ type }: Node): boolean => process.platform !== "win32" && (type === "file" || type === "dir")

const isAnother: ReadonlySet<string> = new Set(["ELOOP", "ENOTDIR"])

/** `undefined` where it may not be read: who owns it may still change it. */
const open = (path: Buffer, { type }: Node): number | undefined => {
  try {
    const file = fs.openSync(path, O_RDONLY | O_NOFOLLOW | (type === "dir" ? O_DIRECTORY : O_NONBLOCK))
    if (type === "dir" || fs.fstatSync(file).isFile()) return file
    fs.closeSync(file)
  } catch (error) {
    const code = codeOf(error)
    if (code === "EACCES") return undefined
    if (!isAnother.has(code)) throw error
  }
  throw Object.assign(new Error("something else came into its place"), { code: "EBUSY" })
}

const problemOf = (during: MetadataProblem["during"], error: unknown): MetadataProblem => {
  const code = codeOf(error)
  return { during, code, message: textOf(error), isExpected: isRefusal(code) && !isRoot() }
}

const applyTo = (file: Buffer | number, node: Node, options: MetadataOptions): ReadonlyArray<MetadataProblem> => {
  const problems: Array<MetadataProblem> = []
  const attempt = (during: MetadataProblem["during"]) => (work: () => void) => {
    try {
      work()
      return true
    } catch (error) {
      problems.push(problemOf(during, error))
      return false
    }
  }
  const isOwned = attempt("owner")(() => setOwner(file, node))
  setAttributes(file, node, options, attempt("attributes"))
  attempt("times")(() => setTimes(file, node))
  const permissions = isOwned || node.type === "dir" ? FileMode.permissionsOf(node.mode) : permissionsOfOther(node.mode)
  if (node.type !== "symlink") attempt("permissions")(() => Posix.setPermissions(file, permissions))
  return problems
}

/**
 * Makes the metadata of a file that of the node: of an open one, or of what is at the path, if that is what the node
 * says. Of a directory: after everything in it is there. May be called again. Throws nothing.
 */
export const apply = (
  file: Buffer | number,
  node: Node,
  options: MetadataOptions = {}
): ReadonlyArray<MetadataProblem> => {
  if (typeof file === "number" || !isOpened(node)) return applyTo(file, node, options)
  let opened: number | undefined
  try {
    opened = open(file, node)
    return applyTo(opened ?? file, node, options)
  } catch (error) {
    return [problemOf("opening", error)]
  } finally {
    if (opened !== undefined) fs.closeSync(opened)
  }
}
