/**
 * How a file's kind and mode are kept beside it, where `Capabilities.keepsMetadata`: `mode` is the whole mode in octal, as
 * `stat` has it, so that `100755` is a program and `120777` a symbolic link whose bytes are its target. `uid` and `gid` are
 * kept where they say something to another machine. Nothing is kept of what is usual. Whoever knows an owner knows the
 * extended attributes too, so that where there is a `uid` there are no others than `ExtendedAttributes` says.
 */
import type { Metadata } from "./Entry.ts"

export interface Posix {
  readonly isLink: boolean
  /** Permission bits. */
  readonly mode: number
  readonly uid?: number | undefined
  readonly gid?: number | undefined
}

const kindMask = 0o170000
const linkKind = 0o120000
const fileKind = 0o100000
/** Of a file of which nothing is kept. */
export const usualMode = 0o644

const number = (text: string | undefined, radix: number): number | undefined => {
  const value = text !== undefined && /^\d{1,10}$/.test(text) ? Number.parseInt(text, radix) : Number.NaN
  return value <= 0xffffffff ? value : undefined
}

/** What `metadata` says; undefined where it says nothing of it. */
export const ofMetadata = (metadata: Metadata | undefined): Posix | undefined => {
  const mode = number(metadata?.mode, 8)
  const [uid, gid] = [number(metadata?.uid, 10), number(metadata?.gid, 10)]
  if (mode === undefined && uid === undefined && gid === undefined) return undefined
  const isLink = mode !== undefined && (mode & kindMask) === linkKind
  return { isLink, mode: mode === undefined ? usualMode : mode & 0o7777, uid, gid }
}

/** `metadata` with what is to be kept of `posix` in the place of what it said; undefined where there is nothing to keep. */
export const toMetadata = (posix: Posix, metadata: Metadata | undefined): Metadata | undefined => {
  const { gid: _gid, mode: _mode, uid: _uid, ...rest } = metadata ?? {}
  const kept: Record<string, string> = { ...rest }
  const mode = (posix.isLink ? linkKind : fileKind) | posix.mode
  if (posix.isLink || posix.mode !== usualMode) kept.mode = mode.toString(8)
  if (posix.uid !== undefined) kept.uid = String(posix.uid)
  if (posix.gid !== undefined) kept.gid = String(posix.gid)
  return Object.keys(kept).length === 0 ? undefined : kept
}
