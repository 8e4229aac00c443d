/**
 * What stays at a destination because something failed.
 *
 * A file that could not be stored may be one that a file to be removed was renamed to, so nothing is removed then. An
 * entry that can never be handled, as its name or kind is not one to transfer, would have that hold for ever: it keeps
 * only what is at its path and below.
 */
import type { StorageError } from "../contract/StorageError.ts"

export interface Withholding {
  /** To be called with each error of a file, at `path`. */
  readonly failed: (path: string, error: StorageError) => void
  /** To be called with each entry that can not be handled. */
  readonly unhandled: (path: string) => void
  readonly isEverything: () => boolean
  /** Whether what is at `path` stays. */
  readonly holds: (path: string) => boolean
}

export const make = (): Withholding => {
  const unhandled = new Set<string>()
  let isEverything = false
  return {
    failed: (path, { reason }) => {
      if (reason._tag === "InvalidRequest" && reason.concernsName === true) unhandled.add(path)
      else isEverything = true
    },
    unhandled: (path) => void unhandled.add(path),
    isEverything: () => isEverything,
    holds: (path) => {
      if (isEverything) return true
      if (unhandled.size === 0) return false
      for (let end = path.length; end > 0; end = path.lastIndexOf("/", end - 1)) {
        if (unhandled.has(path.slice(0, end))) return true
      }
      return unhandled.has("")
    }
  }
}
