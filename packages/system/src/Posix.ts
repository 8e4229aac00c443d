/**
 * Extended attributes, times to the nanosecond, permissions of what is no link, device nodes
 * and pipes: what Unix keeps with a file and Node has no function for.
 *
 * Paths are bytes and symbolic links are never followed; a number is an open file. What the system refuses
 * is thrown as `SystemError` with its `code`. Where the C library can not be
 * loaded, files have no attributes, times are kept to the millisecond and no
 * special file can be made; `notKept` says so.
 */
import * as fs from "node:fs"
import { getSystemErrorMessage } from "node:util"
import * as SystemLibrary from "./SystemLibrary.ts"

interface AttributeFunctions {
  readonly list: SystemLibrary.SystemFunction | undefined
  readonly get: SystemLibrary.SystemFunction | undefined
  readonly set: SystemLibrary.SystemFunction | undefined
  readonly remove: SystemLibrary.SystemFunction | undefined
}

interface Functions {
  readonly library: SystemLibrary.SystemLibrary
  readonly ofPath: AttributeFunctions
  readonly ofOpen: AttributeFunctions
  readonly times: SystemLibrary.SystemFunction | undefined
  readonly timesOf: SystemLibrary.SystemFunction | undefined
  readonly permissions: SystemLibrary.SystemFunction | undefined
  readonly node: SystemLibrary.SystemFunction | undefined
  readonly pipe: SystemLibrary.SystemFunction | undefined
}

const isMac = process.platform === "darwin"
const currentDirectory = isMac ? -2 : -100
const noFollow = isMac ? 0x20 : 0x100
/** macOS has no `l…xattr`: one set of functions takes a position and options, here `XATTR_NOFOLLOW`. */
const macNoFollow = 1

let found: Functions | undefined

/** `which` is the letter before their names on Linux, and `file` their first parameter. */
const attributeFunctions = ({ find }: SystemLibrary.SystemLibrary, which: string, file: string): AttributeFunctions => {
  const [position, options] = isMac ? [", uint32_t position", ", int options"] : ["", ""]
  const setOptions = isMac ? options : ", int flags"
  return {
    list: find(`intptr_t ${which}listxattr(${file}, void *list, size_t size${options})`),
    get: find(`intptr_t ${which}getxattr(${file}, const void *name, void *value, size_t size${position}${options})`),
    set: find(
      `int ${which}setxattr(${file}, const void *name, const void *value, size_t size${position}${setOptions})`
    ),
    remove: find(`int ${which}removexattr(${file}, const void *name${options})`)
  }
}

SystemLibrary.onLoad((library) => {
  found = {
    library,
    ofPath: attributeFunctions(library, isMac ? "" : "l", "const void *path"),
    ofOpen: attributeFunctions(library, "f", "int file"),
    times: library.find("int utimensat(int directory, const void *path, const void *times, int flags)"),
    timesOf: library.find("int futimens(int file, const void *times)"),
    permissions: library.find("int fchmodat(int directory, const void *path, uint32_t mode, int flags)"),
    node: library.find(`int mknod(const void *path, uint32_t mode, ${isMac ? "int32_t" : "uint64_t"} device)`),
    pipe: library.find("int mkfifo(const void *path, uint32_t mode)")
  }
})

const functions = (): Functions | undefined => {
  if (found === undefined) SystemLibrary.load()
  return found
}

/** What of a file can not be kept on this machine, in words for the user; `undefined` when all of it can. */
export const notKept = (): string | undefined => {
  const reason = SystemLibrary.reason()
  return reason === undefined
    ? undefined
    : `extended attributes, device nodes, pipes and times finer than a millisecond are not kept: the system's C library can not be used (${reason})`
}

const none: ReadonlyArray<Buffer> = []
let listed = Buffer.alloc(1024)
let value = Buffer.alloc(1024)

/** A file system, or a kind of file, that has no attributes at all. */
const hasNone = (code: string): boolean => code === "ENOTSUP" || code === "EOPNOTSUPP" || code === "ENODATA"

const split = (bytes: Buffer): ReadonlyArray<Buffer> => {
  const names: Array<Buffer> = []
  for (let start = 0; start < bytes.length; ) {
    const end = bytes.indexOf(0, start)
    names.push(Buffer.from(bytes.subarray(start, end)))
    start = end + 1
  }
  return names
}

/** A path in bytes, or what `fs.open` gave. */
export type PathOrOpen = Uint8Array | number

const attributes = (all: Functions | undefined, file: PathOrOpen): AttributeFunctions | undefined =>
  typeof file === "number" ? all?.ofOpen : all?.ofPath

const argument = ({ library }: Functions, file: PathOrOpen): Uint8Array | number =>
  typeof file === "number" ? file : library.text(file)

/** What macOS takes at the end. */
const lastOf = (file: PathOrOpen): ReadonlyArray<number> => (isMac ? [typeof file === "number" ? 0 : macNoFollow] : [])

const failure = ({ library }: Functions, syscall: string, file: PathOrOpen): SystemLibrary.SystemError =>
  library.failure(syscall, typeof file === "number" ? undefined : file)

/** The names of a file's extended attributes, in the order the system gives. Costs 3 µs for a file that has none. */
export const listAttributes = (file: PathOrOpen): ReadonlyArray<Buffer> => {
  const all = functions()
  const list = attributes(all, file)?.list
  if (all === undefined || list === undefined) return none
  for (;;) {
    const size = list(argument(all, file), listed, listed.length, ...lastOf(file))
    if (size === 0) return none
    if (size > 0) return split(listed.subarray(0, size))
    const refused = failure(all, "listxattr", file)
    if (hasNone(refused.code)) return none
    if (refused.code !== "ERANGE" || listed.length > 1_048_576) throw refused
    listed = Buffer.alloc(listed.length * 4)
  }
}

/** Fails with `ENODATA` (macOS: `ENOATTR`) for an attribute that is not there. */
export const getAttribute = (file: PathOrOpen, name: Uint8Array): Buffer => {
  const all = functions()
  const get = attributes(all, file)?.get
  if (all === undefined || get === undefined) throw unsupported("getxattr", file)
  for (;;) {
    const key = all.library.text(name, 1)
    const position = isMac ? [0] : []
    const size = get(argument(all, file), key, value, value.length, ...position, ...lastOf(file))
    if (size >= 0) return Buffer.from(value.subarray(0, size))
    const refused = failure(all, "getxattr", file)
    if (refused.code !== "ERANGE" || value.length > 67_108_864) throw refused
    value = Buffer.alloc(value.length * 16)
  }
}

/** Sets an attribute, replacing what was there. */
export const setAttribute = (file: PathOrOpen, name: Uint8Array, bytes: Uint8Array): void => {
  const all = functions()
  const set = attributes(all, file)?.set
  if (all === undefined || set === undefined) throw unsupported("setxattr", file)
  const key = all.library.text(name, 1)
  const result = set(argument(all, file), key, bytes, bytes.length, 0, ...lastOf(file))
  if (result !== 0) throw failure(all, "setxattr", file)
}

/** Fails with `ENODATA` (macOS: `ENOATTR`) for an attribute that is not there. */
export const removeAttribute = (file: PathOrOpen, name: Uint8Array): void => {
  const all = functions()
  const remove = attributes(all, file)?.remove
  if (all === undefined || remove === undefined) throw unsupported("removexattr", file)
  const key = all.library.text(name, 1)
  if (remove(argument(all, file), key, ...lastOf(file)) !== 0) throw failure(all, "removexattr", file)
}

const billion = 1_000_000_000n
const times = Buffer.alloc(32)

const writeTime = (at: number, nanoseconds: bigint): void => {
  const rest = ((nanoseconds % billion) + billion) % billion
  times.writeBigInt64LE((nanoseconds - rest) / billion, at)
  times.writeBigInt64LE(rest, at + 8)
}

const writeTimes = (accessed: bigint, modified: bigint): Buffer => {
  writeTime(0, accessed)
  writeTime(16, modified)
  return times
}

/** Node takes a negative number for the present, a `Date` before 1970 for what it is. */
const dateOf = (nanoseconds: bigint): Date => new Date(Number(nanoseconds / 1_000_000n))

/** Sets both times, in nanoseconds since 1970 (before it: negative); of a symbolic link, its own. */
export const setTimes = (path: Buffer, accessed: bigint, modified: bigint): void => {
  const all = functions()
  if (all?.times === undefined) {
    fs.lutimesSync(path, dateOf(accessed), dateOf(modified))
    return
  }
  const result = all.times(currentDirectory, all.library.text(path), writeTimes(accessed, modified), noFollow)
  if (result !== 0) throw all.library.failure("utimensat", path)
}

/** Like `setTimes`, for an open file. */
export const setTimesOf = (file: number, accessed: bigint, modified: bigint): void => {
  const all = functions()
  if (all?.timesOf === undefined) fs.futimesSync(file, dateOf(accessed), dateOf(modified))
  else if (all.timesOf(file, writeTimes(accessed, modified)) !== 0) throw all.library.failure("futimens")
}

/** `O_PATH` of Linux: opens the name alone, which needs no right to read and wakes no device. */
const nameAlone = 0o10000000

const setPermissionsOfName = (path: Buffer, permissions: number): void => {
  const name = fs.openSync(path, nameAlone | fs.constants.O_NOFOLLOW)
  try {
    fs.chmodSync(`/proc/self/fd/${name}`, permissions)
  } catch (error) {
    const { code = "", errno = 0 } = error as NodeJS.ErrnoException
    throw new SystemLibrary.SystemError(code, getSystemErrorMessage(errno), "chmod", path.toString())
  } finally {
    fs.closeSync(name)
  }
}

/** Fails for a symbolic link, which has none on Linux. */
export const setPermissions = (file: Buffer | number, permissions: number): void => {
  if (typeof file === "number") fs.fchmodSync(file, permissions)
  else if (process.platform === "win32") fs.chmodSync(file, permissions)
  // The C library of older Linux has it in name only.
  else if (!isMac) setPermissionsOfName(file, permissions)
  else {
    const all = functions()
    if (all?.permissions === undefined) throw unsupported("fchmodat", file)
    const result = all.permissions(currentDirectory, all.library.text(file), permissions, noFollow)
    if (result !== 0) throw all.library.failure("fchmodat", file)
  }
}

/** Makes a device node. `mode` is the system's: `S_IFBLK` or `S_IFCHR` and permissions, less the umask. */
export const makeNode = (path: Uint8Array, mode: number, device: bigint): void => {
  const all = functions()
  if (all?.node === undefined) throw unsupported("mknod", path)
  if (all.node(all.library.text(path), mode, device) !== 0) throw all.library.failure("mknod", path)
}

/** Makes a named pipe with these permissions, less the umask. */
export const makePipe = (path: Uint8Array, permissions: number): void => {
  const all = functions()
  if (all?.pipe === undefined) throw unsupported("mkfifo", path)
  if (all.pipe(all.library.text(path), permissions) !== 0) throw all.library.failure("mkfifo", path)
}

const unsupported = (syscall: string, file: PathOrOpen): SystemLibrary.SystemError => {
  const path = typeof file === "number" ? "" : Buffer.from(file).toString()
  return new SystemLibrary.SystemError("ENOSYS", "function not implemented", syscall, path)
}
