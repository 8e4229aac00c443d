/**
 * The C library of this machine, for what Node has no function for.
 *
 * It is loaded at the first use, and not at all where that can not be done:
 * then `load` gives `undefined`, `reason` says why, and callers do without.
 * Everything is synchronous and may run in any thread.
 */
import { createRequire } from "node:module"
import { endianness } from "node:os"
import { getSystemErrorMessage, getSystemErrorName } from "node:util"
import type { LibraryHandle } from "koffi"

/** A call of the system that failed, told like Node's own: `EPERM: operation not permitted, mknod '/dev/x'`. */
export class SystemError extends Error {
  readonly code: string
  readonly syscall: string
  constructor(code: string, message: string, syscall: string, path: string) {
    super(`${code}: ${message}, ${syscall}${path === "" ? "" : ` '${path}'`}`)
    this.code = code
    this.syscall = syscall
  }
}

/** What the C functions used here take and give. Memory is passed as it is, not copied. */
export type SystemFunction = (...values: ReadonlyArray<number | bigint | Uint8Array | null>) => number

export interface SystemLibrary {
  /** A function by its C prototype; `undefined` where the library has none of that name. */
  readonly find: (prototype: string) => SystemFunction | undefined
  /** Why the last call failed, in this thread. */
  readonly failure: (syscall: string, path?: Uint8Array) => SystemError
  /** The bytes with a NUL after them, valid until the next call with the same `slot`. */
  readonly text: (bytes: Uint8Array, slot?: 0 | 1) => Uint8Array
  /** The text that a `char *` in C memory points to. */
  readonly textAt: (pointer: bigint) => string
}

type Koffi = typeof import("koffi")

const names =
  process.platform === "darwin"
    ? ["libSystem.B.dylib"]
    : ["libc.so.6", `libc.musl-${process.arch === "arm64" ? "aarch64" : "x86_64"}.so.1`]

/** What this process is linked with comes first: it is the C library, whichever that is. */
const openLibrary = (koffi: Koffi): LibraryHandle => {
  let problem: unknown
  for (const name of [null, ...names]) {
    try {
      const library = koffi.load(name)
      library.func("int utimensat(int directory, const void *path, const void *times, int flags)")
      return library
    } catch (error) {
      problem = error
    }
  }
  throw problem
}

const messageOf = (number: number, code: string): string => {
  try {
    return getSystemErrorName(-number) === code ? getSystemErrorMessage(-number) : `system error ${number}`
  } catch {
    return `system error ${number}`
  }
}

const make = (koffi: Koffi): SystemLibrary => {
  const library = openLibrary(koffi)
  const codes = new Map(Object.entries(koffi.os.errno).map(([code, number]) => [number, code]))
  const slots = [Buffer.alloc(8192), Buffer.alloc(8192)]
  return {
    find: (prototype) => {
      try {
        return library.func(prototype) as SystemFunction
      } catch {
        return undefined
      }
    },
    failure: (syscall, path) => {
      const number = koffi.errno()
      const code = codes.get(number) ?? `E${number}`
      return new SystemError(
        code,
        messageOf(number, code),
        syscall,
        path === undefined ? "" : Buffer.from(path).toString()
      )
    },
    text: (bytes, slot = 0) => {
      if (bytes.length >= slots[slot]!.length) slots[slot] = Buffer.alloc(bytes.length * 2)
      const target = slots[slot]!
      target.set(bytes)
      target[bytes.length] = 0
      return target
    },
    textAt: (pointer) => koffi.decode(pointer, "char", -1) as string
  }
}

let loaded: SystemLibrary | undefined
let problem: string | undefined
const waiting: Array<(library: SystemLibrary) => void> = []

/**
 * Calls `prepare` when the library is loaded, or now. Whoever needs functions in a
 * thread finds them here: one that is terminated while it does takes the whole
 * process with it, so whoever starts threads waits until they have started.
 */
export const onLoad = (prepare: (library: SystemLibrary) => void): void => {
  if (loaded === undefined) waiting.push(prepare)
  else prepare(loaded)
}

/** Loads the library once; what this gives never changes later. */
export const load = (): SystemLibrary | undefined => {
  if (loaded === undefined && problem === undefined) {
    try {
      if (process.platform !== "linux" && process.platform !== "darwin") throw new Error(`${process.platform} has none`)
      const koffi = createRequire(import.meta.url)("koffi") as Koffi
      if (koffi.sizeof("long") !== 8 || endianness() !== "LE")
        throw new Error("only 64-bit little-endian systems are known")
      loaded = make(koffi)
      for (const prepare of waiting.splice(0)) prepare(loaded)
    } catch (error) {
      problem = error instanceof Error ? error.message : String(error)
    }
  }
  return loaded
}

/** Why there is no library; `undefined` where there is one. */
export const reason = (): string | undefined => (load() === undefined ? problem : undefined)
