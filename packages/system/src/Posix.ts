/**
 * Extended attributes, times to the nanosecond, device nodes and pipes: what
 * Unix keeps with a file and Node has no function for.
 *
 * Paths are bytes and symbolic links are never followed. What the system refuses
 * is thrown as `SystemError` with its `code`. Where the C library can not be
 * loaded, files have no attributes, times are kept to the millisecond and no
 * special file can be made; `notKept` says so.
 */
import * as fs from "node:fs"
import * as SystemLibrary from "./SystemLibrary.ts"

interface Functions {
  readonly library: SystemLibrary.SystemLibrary
  readonly list: SystemLibrary.SystemFunction | undefined
  readonly get: SystemLibrary.SystemFunction | undefined
  readonly set: SystemLibrary.SystemFunction | undefined
  readonly remove: SystemLibrary.SystemFunction | undefined
  readonly times: SystemLibrary.SystemFunction | undefined
  readonly timesOf: SystemLibrary.SystemFunction | undefined
  readonly node: SystemLibrary.SystemFunction | undefined
  readonly pipe: SystemLibrary.SystemFunction | undefined
}

const isMac = process.platform === "darwin"
const currentDirectory = isMac ? -2 : -100
const noFollow = isMac ? 0x20 : 0x100
/** macOS has no `l…xattr`: one set of functions takes a position and options, here `XATTR_NOFOLLOW`. */
const macNoFollow = 1

let found: Functions | undefined

SystemLibrary.onLoad((library) => {
  const attributes = isMac
    ? {
        list: library.find("intptr_t listxattr(const void *path, void *list, size_t size, int options)"),
        get: library.find(
          "intptr_t getxattr(const void *path, const void *name, void *value, size_t size, uint32_t position, int options)"
        ),
        set: library.find(
          "int setxattr(const void *path, const void *name, const void *value, size_t size, uint32_t position, int options)"
        ),
        remove: library.find("int removexattr(const void *path, const void *name, int options)")
      }
    : {
        list: library.find("intptr_t llistxattr(const void *path, void *list, size_t size)"),
        get: library.find("intptr_t lgetxattr(const void *path, const void *name, void *value, size_t size)"),
        set: library.find(
          "int lsetxattr(const void *path, const void *name, const void *value, size_t size, int flags)"
        ),
        remove: library.find("int lremovexattr(const void *path, const void *name)")
      }
  found = {
    library,
    ...attributes,
    times: library.find("int utimensat(int directory, const void *path, const void *times, int flags)"),
    timesOf: library.find("int futimens(int file, const void *times)"),
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

/** The names of a file's extended attributes, in the order the system gives. Costs 3 µs for a file that has none. */
export const listAttributes = (path: Uint8Array): ReadonlyArray<Buffer> => {
  const all = functions()
  if (all?.list === undefined) return none
  for (;;) {
    const text = all.library.text(path)
    const size = isMac ? all.list(text, listed, listed.length, macNoFollow) : all.list(text, listed, listed.length)
    if (size === 0) return none
    if (size > 0) return split(listed.subarray(0, size))
    const failure = all.library.failure("listxattr", path)
    if (hasNone(failure.code)) return none
    if (failure.code !== "ERANGE" || listed.length > 1_048_576) throw failure
    listed = Buffer.alloc(listed.length * 4)
  }
}

/** Fails with `ENODATA` (macOS: `ENOATTR`) for an attribute that is not there. */
export const getAttribute = (path: Uint8Array, name: Uint8Array): Buffer => {
  const all = functions()
  if (all?.get === undefined) throw unsupported("getxattr", path)
  for (;;) {
    const text = all.library.text(path)
    const key = all.library.text(name, 1)
    const size = isMac
      ? all.get(text, key, value, value.length, 0, macNoFollow)
      : all.get(text, key, value, value.length)
    if (size >= 0) return Buffer.from(value.subarray(0, size))
    const failure = all.library.failure("getxattr", path)
    if (failure.code !== "ERANGE" || value.length > 67_108_864) throw failure
    value = Buffer.alloc(value.length * 16)
  }
}

/** Sets an attribute, replacing what was there. */
export const setAttribute = (path: Uint8Array, name: Uint8Array, bytes: Uint8Array): void => {
  const all = functions()
  if (all?.set === undefined) throw unsupported("setxattr", path)
  const text = all.library.text(path)
  const key = all.library.text(name, 1)
  const result = isMac
    ? all.set(text, key, bytes, bytes.length, 0, macNoFollow)
    : all.set(text, key, bytes, bytes.length, 0)
  if (result !== 0) throw all.library.failure("setxattr", path)
}

/** Fails with `ENODATA` (macOS: `ENOATTR`) for an attribute that is not there. */
export const removeAttribute = (path: Uint8Array, name: Uint8Array): void => {
  const all = functions()
  if (all?.remove === undefined) throw unsupported("removexattr", path)
  const text = all.library.text(path)
  const key = all.library.text(name, 1)
  const result = isMac ? all.remove(text, key, macNoFollow) : all.remove(text, key)
  if (result !== 0) throw all.library.failure("removexattr", path)
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

const unsupported = (syscall: string, path: Uint8Array): SystemLibrary.SystemError =>
  new SystemLibrary.SystemError("ENOSYS", "function not implemented", syscall, Buffer.from(path).toString())
