/**
 * What stays at a destination because something failed.
 *
 * A file that could not be stored may be one that a file to be removed was renamed to. What may pass is gone by the next
 * run, so until then nothing is removed. What can not pass by itself would have that hold for ever: such a file keeps
 * what is at its path and below, and what has its size, as a file that was renamed has. An entry that can not be handled
 * at all, as its name or kind is not one to transfer, keeps what is at its path and below.
 */
import type { StorageError } from "../contract/StorageError.ts"

/** A file at the destination that would be removed. */
export interface Extra {
  readonly path: string
  /** In bytes. */
  readonly size: number
}

export interface Withholding {
  /** To be called with each error of a file at `path`; `size` in bytes, where it is known. */
  readonly failed: (path: string, error: StorageError, size: number | undefined) => void
  /** To be called with each entry that can not be handled. */
  readonly unhandled: (path: string) => void
  /** Whether the folder at `path`, or what is to be stored there, stays as it is. */
  readonly holdsPath: (path: string) => boolean
  /** Whether the file stays. */
  readonly holds: (extra: Extra) => boolean
}

const concernsName = ({ reason }: StorageError): boolean =>
  reason._tag === "InvalidRequest" && reason.concernsName === true

export const make = (): Withholding => {
  const paths = new Set<string>()
  const sizes = new Set<number>()
  let isEverything = false

  const holdsPath = (path: string): boolean => {
    if (isEverything) return true
    if (paths.size === 0) return false
    for (let end = path.length; end > 0; end = path.lastIndexOf("/", end - 1)) {
      if (paths.has(path.slice(0, end))) return true
    }
    return paths.has("")
  }

  return {
    failed: (path, error, size) => {
      if (concernsName(error)) paths.add(path)
      else if (error.isRetryable || size === undefined) isEverything = true
      else {
        paths.add(path)
        sizes.add(size)
      }
    },
    unhandled: (path) => void paths.add(path),
    holdsPath,
    holds: ({ path, size }) => sizes.has(size) || holdsPath(path)
  }
}
