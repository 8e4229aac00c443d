/** Gives back what a piece of a file takes, which Node has no function for. Linux alone: elsewhere nothing is given back. */
import { createRequire } from "node:module"
import { constants, platform } from "node:os"

type Fallocate = (descriptor: number, mode: number, offset: bigint, length: bigint) => number

interface Calls {
  readonly fallocate: Fallocate
  readonly errno: () => number
}

/** Undefined until the first use; null where the library can not be loaded. */
let loaded: Calls | null | undefined

const calls = (): Calls | null => {
  if (loaded !== undefined) return loaded
  try {
    const koffi = createRequire(import.meta.url)("koffi") as typeof import("koffi")
    const fallocate = koffi.load(null).func("int fallocate(int, int, int64_t, int64_t)") as Fallocate
    loaded = { fallocate, errno: () => koffi.errno() }
  } catch {
    loaded = null
  }
  return loaded
}

const keepSize = 1
const punch = 2
const mostTries = 100

/** `[start, end)` reads as zeros then. False where that can not be, and nothing has changed. */
export const punchHole = (descriptor: number, start: number, end: number): boolean => {
  const library = platform() === "linux" ? calls() : null
  if (library === null) return false
  for (let tries = 0; tries < mostTries; tries++) {
    if (library.fallocate(descriptor, keepSize | punch, BigInt(start), BigInt(end - start)) === 0) return true
    const error = library.errno()
    if (error === constants.errno.EINTR) continue
    if (error === constants.errno.EOPNOTSUPP || error === constants.errno.ENOSYS) return false
    throw new Error(`a hole could not be made in a file of the cache: error ${error}`)
  }
  return false
}
