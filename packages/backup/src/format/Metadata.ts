/**
 * Gives a restored file what its node says: owner, extended attributes, times, permissions.
 *
 * The order matters: a new owner clears setuid, attributes need the right to
 * write, and permissions may take that away. What fails is told, not thrown,
 * and the rest is still done; only setuid and setgid are for the right owner alone.
 */
import * as fs from "node:fs"
import * as Posix from "@ourclone/system/Posix"
import * as GoTime from "../go/GoTime.ts"
import { codeOf } from "../system/SystemFailure.ts"
import * as FileMode from "./FileMode.ts"
import type { Node } from "./Node.ts"

export interface MetadataProblem {
  readonly during: "owner" | "attributes" | "times" | "permissions"
  /** The system's: `EPERM`. */
  readonly code: string
  /** Names the path and the cause. */
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

const setOwner = (path: Buffer, { gid, uid }: Node): void => {
  if (process.platform !== "win32") fs.lchownSync(path, uid, gid)
}

/** An owner may write attributes only where the permissions let him write: they are set again later anyway. */
const unlocked = (path: Buffer, node: Node, change: () => void): void => {
  try {
    change()
  } catch (error) {
    if (codeOf(error) !== "EACCES" || node.type === "symlink") throw error
    fs.chmodSync(path, node.type === "dir" ? 0o700 : 0o600)
    change()
  }
}

const nothing = Buffer.alloc(0)

/** Attributes the node does not have are removed. */
const setAttributes = (
  path: Buffer,
  node: Node,
  { takesAttribute = () => true }: MetadataOptions,
  attempt: (work: () => void) => unknown
): void => {
  const attributes = node.extendedAttributes.filter(({ name }) => takesAttribute(name))
  let present: ReadonlyArray<Buffer> = []
  attempt(() => {
    present = Posix.listAttributes(path).filter((name) => takesAttribute(name.toString()))
  })
  if (present.length === 0 && attributes.length === 0) return
  const wanted = new Set(attributes.map(({ name }) => name))
  for (const name of present) {
    if (!wanted.has(name.toString())) attempt(() => unlocked(path, node, () => Posix.removeAttribute(path, name)))
  }
  const kept = new Set(present.map((name) => name.toString()))
  for (const { name, value } of attributes) {
    const key = Buffer.from(name)
    const bytes = value ?? nothing
    attempt(() => {
      if (kept.has(name) && Posix.getAttribute(path, key).equals(bytes)) return
      unlocked(path, node, () => Posix.setAttribute(path, key, bytes))
    })
  }
}

/**
 * Makes the metadata of `path` that of the node. Of a directory: after everything
 * in it is there. May be called again. Throws nothing.
 */
export const apply = (path: Buffer, node: Node, options: MetadataOptions = {}): ReadonlyArray<MetadataProblem> => {
  const problems: Array<MetadataProblem> = []
  const attempt = (during: MetadataProblem["during"]) => (work: () => void) => {
    try {
      work()
      return true
    } catch (error) {
      const code = codeOf(error)
      const message = error instanceof Error ? error.message : String(error)
      problems.push({ during, code, message, isExpected: isRefusal(code) && !isRoot() })
      return false
    }
  }
  const isOwned = attempt("owner")(() => setOwner(path, node))
  setAttributes(path, node, options, attempt("attributes"))
  attempt("times")(() => Posix.setTimes(path, GoTime.parse(node.atime), GoTime.parse(node.mtime)))
  const permissions = isOwned || node.type === "dir" ? FileMode.permissionsOf(node.mode) : permissionsOfOther(node.mode)
  if (node.type !== "symlink") attempt("permissions")(() => fs.chmodSync(path, permissions))
  return problems
}
