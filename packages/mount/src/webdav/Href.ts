/** Paths of URLs, and the names they stand for. */

/** A path that no file can have. */
export class BadPath extends Error {}

export interface DavPath {
  /** From the root; none for the root itself. */
  readonly names: ReadonlyArray<string>
  /** Written with a slash at its end. */
  readonly isFolder: boolean
}

/** Longer than any storage takes. */
const longest = 16 * 1024

const decodeName = (segment: string): string => {
  let name: string
  try {
    name = decodeURIComponent(segment)
  } catch {
    throw new BadPath("an escape in the path is no UTF-8")
  }
  if (name === "." || name === "..") throw new BadPath("a path with . or .. leads nowhere")
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  if (/[/\\\u0000]/.test(name)) throw new BadPath("a name holds a slash, a backslash or NUL")
  return name
}

/** The path of a request line, escapes decoded once. Fails with `BadPath`. */
export const parse = (target: string): DavPath => {
  const path = target.split("?", 1)[0]!
  if (path.length > longest) throw new BadPath("the path is too long")
  if (path.includes("#")) throw new BadPath("a fragment is nothing that a server knows")
  if (!path.startsWith("/")) throw new BadPath("the path does not begin with a slash")
  return {
    names: path
      .split("/")
      .filter((each) => each !== "")
      .map(decodeName),
    isFolder: path.endsWith("/")
  }
}

/** The path of an absolute URL or of a path alone; `undefined` where the URL is one of another server. */
export const parseReference = (reference: string, host: string | undefined): DavPath | undefined => {
  const match = /^[a-z][a-z0-9+.-]*:\/\/([^/?#]*)(.*)$/i.exec(reference)
  if (match === null) return parse(reference)
  // Proxies change scheme and port: the name alone tells another server.
  const nameOf = (authority: string) => authority.replace(/^.*@/, "").replace(/:\d*$/, "").toLowerCase()
  if (host !== undefined && nameOf(match[1]!) !== nameOf(host)) return undefined
  return parse(match[2] === "" ? "/" : match[2]!)
}

const encodeName = (name: string): string => encodeURIComponent(name.toWellFormed())

export const write = (names: ReadonlyArray<string>, isFolder: boolean): string =>
  names.length === 0 ? "/" : `/${names.map(encodeName).join("/")}${isFolder ? "/" : ""}`

/** By this locks are kept: equal for equal names, and a prefix for what is above. */
export const keyOf = (names: ReadonlyArray<string>): string => names.map((name) => `/${name}`).join("")
