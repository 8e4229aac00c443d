/**
 * Where each statement of a TOML text begins and ends.
 *
 * Parsing gives values without places, and an edit must leave everything else
 * byte for byte as it was. The text must have parsed without errors; for any
 * other text the answer is meaningless, though there is always one.
 */
import * as Toml from "effect/encoding/Toml"
import * as Result from "effect/Result"

export interface Statement {
  /** The whole key, with those of the table it stands in: `["remotes", "photos", "keyId"]`. */
  readonly path: ReadonlyArray<string>
  readonly isHeader: boolean
  /** Offset of the first character of its first line. */
  readonly start: number
  /** Offset behind the line break that ends it. */
  readonly end: number
  /** Of its first character, counted from 1. */
  readonly line: number
  readonly column: number
}

/** The segments of a key as it is written, `a."b.c"`: they are what the parser makes of them. */
const keyPath = (written: string): ReadonlyArray<string> => {
  const parsed = Toml.parse(`${written.trim()} = 0`)
  const path: Array<string> = []
  let value: unknown = Result.isSuccess(parsed) ? parsed.success : undefined
  while (typeof value === "object" && value !== null) {
    const [entry] = Object.entries(value)
    if (entry === undefined) break
    path.push(entry[0])
    value = entry[1]
  }
  return path
}

/** The offset behind the string that begins at `index`. */
const afterString = (text: string, index: number): number => {
  const quote = text[index]!
  const isLong = text.startsWith(quote.repeat(3), index)
  const close = isLong ? quote.repeat(3) : quote
  for (let at = index + close.length; at < text.length; at++) {
    if (quote === '"' && text[at] === "\\") at++
    else if (text.startsWith(close, at)) {
      let end = at + close.length
      while (isLong && text[end] === quote && end < at + 5) end++
      return end
    }
  }
  return text.length
}

/** The offset of the first character out of `stops` that is outside strings, comments and, when `nests`, brackets. */
const find = (text: string, index: number, stops: string, nests: boolean): number => {
  let depth = 0
  for (let at = index; at < text.length; at++) {
    const character = text[at]!
    if (depth === 0 && stops.includes(character)) return at
    if (character === '"' || character === "'") at = afterString(text, at) - 1
    else if (character === "#") {
      const lineEnd = text.indexOf("\n", at)
      if (lineEnd === -1) return text.length
      at = lineEnd - 1
    } else if (nests && (character === "[" || character === "{")) depth++
    else if (nests && (character === "]" || character === "}")) depth--
  }
  return text.length
}

export const scan = (text: string): ReadonlyArray<Statement> => {
  const statements: Array<Statement> = []
  let table: ReadonlyArray<string> = []
  let line = 1
  let index = 0
  while (index < text.length) {
    let end = text.indexOf("\n", index) + 1 || text.length
    const first = text.slice(index, end).search(/[^\s\uFEFF]/)
    const begins = index + first
    if (first !== -1 && text[begins] !== "#") {
      const isHeader = text[begins] === "["
      const column = first + 1 - (text[index] === "\uFEFF" ? 1 : 0)
      if (isHeader) {
        const opens = text.startsWith("[[", begins) ? begins + 2 : begins + 1
        table = keyPath(text.slice(opens, find(text, opens, "]", false)))
        statements.push({ path: table, isHeader, start: index, end, line, column })
      } else {
        const equals = find(text, begins, "=", false)
        const path = [...table, ...keyPath(text.slice(begins, equals))]
        end = Math.min(find(text, equals + 1, "\n", true) + 1, text.length)
        statements.push({ path, isHeader, start: index, end, line, column })
      }
    }
    line += text.slice(index, end).split("\n").length - 1
    index = end
  }
  return statements
}

export const startsWith = (path: ReadonlyArray<string>, prefix: ReadonlyArray<string>): boolean =>
  prefix.every((segment, index) => path[index] === segment)

const bareKey = /^[A-Za-z0-9_-]+$/

const escapeCharacter = (character: string): string => {
  if (character === '"' || character === "\\") return `\\${character}`
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`
}

/** `text` as a TOML string. Half a surrogate pair, which TOML can not hold, becomes U+FFFD. */
export const quote = (text: string): string =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters TOML wants escaped
  `"${text.toWellFormed().replace(/["\\\u0000-\u001f\u007f]/g, escapeCharacter)}"`

export const writeKey = (key: string): string => (bareKey.test(key) ? key : quote(key))

export const writeValue = (value: string | number | boolean): string =>
  typeof value === "string" ? quote(value) : String(value)
