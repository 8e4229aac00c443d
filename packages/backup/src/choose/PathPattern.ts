/**
 * restic's patterns of paths: Go's `filepath.Match` for each component, `**` for any number of components.
 *
 * A pattern that begins with `/` starts at the root, any other may start at any
 * component; both match everything below what they match.
 */
import { isUtf8 } from "node:buffer"
import { posix } from "node:path"
import * as GoJson from "../go/GoJson.ts"

/** A pattern that no path could be held against: an open bracket, a backslash at the end. */
export class PatternError extends Error {
  override readonly name = "PatternError"
}

export interface PathPattern {
  readonly isNegated: boolean
  readonly matches: (path: string) => boolean
  /** Whether something below a directory may match. */
  readonly mayMatchBelow: (directory: string) => boolean
}

/** The text that patterns see of a path: a byte that is not UTF-8 becomes one character that nothing else is. */
export const textOf = (path: Uint8Array): string =>
  isUtf8(path) ? Buffer.from(path.buffer, path.byteOffset, path.length).toString("utf8") : GoJson.textOf(path)

/** The bytes that `textOf` made a text from. */
export const bytesOf = (text: string): Buffer => {
  if (text.isWellFormed()) return Buffer.from(text)
  return Buffer.concat(
    Array.from(text, (character) => {
      const unit = character.charCodeAt(0)
      return character.length === 1 && unit >= 0xdc00 && unit <= 0xdfff
        ? Buffer.from([unit & 0xff])
        : Buffer.from(character)
    })
  )
}

const lower = (text: string): string => {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: what is ASCII is the question
  if (/^[\x00-\x7f]*$/.test(text)) return text.toLowerCase()
  // Character by character: as part of a word, a final sigma would become another letter.
  return Array.from(text, (character) => character.toLowerCase()).join("")
}

/** For patterns that do not care about case, both sides go through this. */
export const fold = lower

const escapeCharacter = (character: string): string =>
  /[\\^$.*+?()[\]{}|/]/.test(character) ? `\\${character}` : character

const escapeInClass = (character: string): string => (character === "-" ? "\\-" : escapeCharacter(character))

const bad = (pattern: string): never => {
  throw new PatternError(
    `the pattern "${pattern}" is not valid: "[" has to be closed, and "\\" has to stand before a character`
  )
}

/** One character of a class, which may be escaped; the class has to go on after it. */
const readClassCharacter = (characters: ReadonlyArray<string>, at: number, pattern: string): [string, number] => {
  let next = at
  if (characters[next] === undefined || characters[next] === "-" || characters[next] === "]") bad(pattern)
  if (characters[next] === "\\") next++
  const character = characters[next]
  if (character === undefined || characters[next + 1] === undefined) return bad(pattern)
  return [character, next + 1]
}

const readClass = (characters: ReadonlyArray<string>, start: number, pattern: string): [string, number] => {
  let at = start
  const isNegated = characters[at] === "^"
  if (isNegated) at++
  let ranges = ""
  for (let count = 0; ; count++) {
    if (characters[at] === "]" && count > 0) break
    const [from, afterFrom] = readClassCharacter(characters, at, pattern)
    at = afterFrom
    let to = from
    if (characters[at] === "-") [to, at] = readClassCharacter(characters, at + 1, pattern)
    if (from.codePointAt(0)! <= to.codePointAt(0)!) ranges += `${escapeInClass(from)}-${escapeInClass(to)}`
  }
  return [isNegated ? `(?!/)[^${ranges}]` : `(?!/)[${ranges}]`, at + 1]
}

/** With more stars a search that takes back what it tried takes too long for long names. */
const fewStars = 2
let groups = 0

/** What stands between stars is right where it first comes, and is not looked for again: a lookahead is never entered twice. */
const first = (chunk: string): string => {
  const name = `first${groups++}`
  return `(?=(?<${name}>[^/]*?${chunk}))\\k<${name}>`
}

/** The regular expression, without anchors, of one component, for where its end follows. Throws `PatternError`. */
export const componentSource = (component: string, pattern: string): string => {
  const characters = Array.from(component)
  const chunks = [""]
  const add = (source: string): void => {
    chunks[chunks.length - 1] += source
  }
  for (let at = 0; at < characters.length; ) {
    const character = characters[at++]!
    if (character === "*") {
      if (chunks.length === 1 || chunks.at(-1) !== "") chunks.push("")
    } else if (character === "?") add("[^/]")
    else if (character === "[") {
      const [text, next] = readClass(characters, at, pattern)
      add(text)
      at = next
    } else if (character === "\\") add(escapeCharacter(characters[at++] ?? bad(pattern)))
    else add(escapeCharacter(character))
  }
  if (chunks.length - 1 <= fewStars) return chunks.join("[^/]*")
  return `${chunks[0]}${chunks.slice(1, -1).map(first).join("")}[^/]*${chunks.at(-1)}`
}

const anyComponents = "(?:[^/]+/)*"

const pathSource = (sources: ReadonlyArray<string | undefined>): string => {
  let source = ""
  sources.forEach((component, at) => {
    const isLast = at === sources.length - 1
    if (component === undefined) source += isLast ? "" : anyComponents
    else source += component + (isLast ? "" : "/")
  })
  return source
}

/** Everything on the way to what an anchored pattern matches, and all below its first `**`. */
const prefixSource = (sources: ReadonlyArray<string | undefined>): string => {
  const [first, ...rest] = sources
  if (sources.length === 0 || first === undefined) return ""
  const below = prefixSource(rest)
  return `(?:$|${first}(?:$|/${below}))`
}

/** Reads a pattern; the empty one matches nothing and is to be left out before. Throws `PatternError`. */
export const parse = (text: string, isInsensitive = false): PathPattern => {
  const isNegated = text.startsWith("!")
  const cleaned = posix.normalize(isNegated ? text.slice(1) : text)
  const whole = cleaned.length > 1 && cleaned.endsWith("/") ? cleaned.slice(0, -1) : cleaned
  const isAnchored = whole.startsWith("/")
  const parts = (isInsensitive ? lower(whole) : whole).split("/").filter((part) => part !== "")
  // Zero components are enough for a `**` at the end: what precedes it matches everything below anyway.
  while (parts.length > 0 && parts.at(-1) === "**" && (isAnchored || parts.length > 1)) parts.pop()
  const sources = parts.map((part) => (part === "**" ? undefined : componentSource(part, text)))
  const body = sources.length === 1 && sources[0] === undefined ? "[^/]*" : pathSource(sources)
  const end = sources.length === 0 ? "" : "(?:/|$)"
  const pattern = new RegExp(isAnchored ? `^/${body}${end}` : `/${body}${end}`, "su")
  const prefix = isAnchored ? new RegExp(`^/${prefixSource(sources)}`, "su") : undefined
  return {
    isNegated,
    matches: (path) => pattern.test(path),
    mayMatchBelow: (directory) => prefix === undefined || prefix.test(directory)
  }
}
