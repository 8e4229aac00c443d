/**
 * `node:fs` for paths that are any bytes: one that is not UTF-8 is a half surrogate in the string, as `Spelling.ofBytes`
 * makes it. Names that come back are such strings too.
 */
import * as fs from "node:fs"
import * as Spelling from "@ourclone/core/contract/Spelling"

export type { BigIntStats, Stats } from "node:fs"
export {
  close,
  closeSync,
  constants,
  fchmodSync,
  fchownSync,
  fstatSync,
  fsync,
  ftruncateSync,
  futimesSync,
  readSync
} from "node:fs"

const raw = (path: fs.PathLike): fs.PathLike =>
  typeof path === "string" && !path.isWellFormed() ? Spelling.toBytes(path) : path

type OfPath = (path: fs.PathLike, ...rest: Array<never>) => unknown
type OfTwo = (from: fs.PathLike, to: fs.PathLike, ...rest: Array<never>) => unknown

/** The function, of which the first argument is a path; looked up at each call, so that tests can watch. */
const ofPath = <F extends OfPath>(call: () => F): F => ((path, ...rest) => call()(raw(path), ...rest)) as F
const ofTwo = <F extends OfTwo>(call: () => F): F => ((from, to, ...rest) => call()(raw(from), raw(to), ...rest)) as F

export const appendFileSync = (path: string, text: string): void => fs.appendFileSync(raw(path), text)
export const existsSync = ofPath(() => fs.existsSync)
export const lchownSync = ofPath(() => fs.lchownSync)
export const linkSync = ofTwo(() => fs.linkSync)
export const chmodSync = ofPath(() => fs.chmodSync)
export const lstatSync = ofPath(() => fs.lstatSync)
export const lutimesSync = ofPath(() => fs.lutimesSync)
export const mkdirSync = ofPath(() => fs.mkdirSync)
export const open = ofPath(() => fs.open)
export const opendirSync = ofPath(() => fs.opendirSync)
export const openSync = ofPath(() => fs.openSync)
export const renameSync = ofTwo(() => fs.renameSync)
export const rmdirSync = ofPath(() => fs.rmdirSync)
export const rmSync = ofPath(() => fs.rmSync)
export const statSync = ofPath(() => fs.statSync)
export const statfsSync = ofPath(() => fs.statfsSync)
export const unlinkSync = ofPath(() => fs.unlinkSync)
export const readFileSync = (path: string): string => fs.readFileSync(raw(path), "utf8")
export const writeFileSync = (path: string, text: string, options: fs.WriteFileOptions): void =>
  fs.writeFileSync(raw(path), text, options)

/** The target, byte for byte. */
export const readlinkSync = (path: string): Buffer => fs.readlinkSync(raw(path), { encoding: "buffer" })

export const symlinkSync = (target: Uint8Array, path: string): void => fs.symlinkSync(Buffer.from(target), raw(path))

export const realpathSync = (path: string): string => {
  const bytes = raw(path)
  return bytes === path
    ? fs.realpathSync(path)
    : Spelling.ofBytes(fs.realpathSync.native(bytes, { encoding: "buffer" }))
}

/** Node shows a byte that is not UTF-8 as this. */
const replacement = "\ufffd"

export interface DiskEntry {
  readonly name: string
  /** What it is. Its own name and path may not be right. */
  readonly entry: fs.Dirent | fs.Dirent<Buffer>
}

/** What is in a directory, in no order. */
export const entriesSync = (directory: string): ReadonlyArray<DiskEntry> => {
  const path = raw(directory)
  const entries = fs.readdirSync(path, { withFileTypes: true })
  if (!entries.some(({ name }) => name.includes(replacement)))
    return entries.map((entry) => ({ name: entry.name, entry }))
  return fs
    .readdirSync(path, { encoding: "buffer", withFileTypes: true })
    .map((entry) => ({ name: Spelling.ofBytes(entry.name), entry }))
}
