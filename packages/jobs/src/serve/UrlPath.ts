/** Paths of URLs as paths of a storage, and back. */
import * as RemotePath from "@ourclone/core/contract/RemotePath"

export interface UrlPath {
  readonly path: RemotePath.RemotePath
  /** Written with a slash at its end. */
  readonly isFolder: boolean
}

/** Longer than any storage takes. */
const longest = 16 * 1024

const decoded = (segment: string): string | undefined => {
  try {
    const name = decodeURIComponent(segment)
    // Once decoded, a slash would be another path than the one that was written.
    return name.includes("/") ? undefined : name
  } catch {
    return undefined
  }
}

/** `undefined` for what no file can be called: `..`, escaped slashes, control characters, what is no UTF-8. */
export const parse = (path: string): UrlPath | undefined => {
  if (!path.startsWith("/") || path.length > longest) return undefined
  const isFolder = path.endsWith("/")
  const names =
    path === "/"
      ? []
      : path
          .slice(1, isFolder ? -1 : undefined)
          .split("/")
          .map(decoded)
  if (names.some((name) => name === undefined || name === "")) return undefined
  const joined = names.join("/")
  return RemotePath.refusal(joined) === undefined ? { path: RemotePath.makeUnsafe(joined), isFolder } : undefined
}

/** A link to what lies beside the page: it holds behind any prefix, and a name with a colon is no scheme. */
export const beside = (name: string, isFolder: boolean): string => `./${encodeURIComponent(name)}${isFolder ? "/" : ""}`
