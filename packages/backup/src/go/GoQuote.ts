/**
 * Names as restic writes them into trees: Go's `strconv.Quote` without the outer quotes.
 *
 * A name is bytes and JSON holds text, so what is not printable UTF-8 becomes an escape. The result is then
 * encoded as a JSON string like any other: a backslash of this layer is doubled in the tree.
 */
import { isPrintable } from "./PrintableRanges.ts"
import * as Utf8 from "./Utf8.ts"

const backslash = 0x5c
const quotationMark = 0x22

const shortEscapes = new Map([
  [0x07, "\\a"],
  [0x08, "\\b"],
  [0x09, "\\t"],
  [0x0a, "\\n"],
  [0x0b, "\\v"],
  [0x0c, "\\f"],
  [0x0d, "\\r"],
  [quotationMark, '\\"'],
  [backslash, "\\\\"]
])

const hexadecimal = (value: number, digits: number): string => value.toString(16).padStart(digits, "0")

const escapeOf = (codePoint: number): string => {
  if (codePoint < 0x20 || codePoint === 0x7f) return `\\x${hexadecimal(codePoint, 2)}`
  return codePoint < 0x10000 ? `\\u${hexadecimal(codePoint, 4)}` : `\\U${hexadecimal(codePoint, 8)}`
}

export const quote = (name: Uint8Array): string => {
  let text = ""
  for (let at = 0; at < name.length; ) {
    const codePoint = Utf8.codePointAt(name, at)
    if (codePoint < 0) {
      text += `\\x${hexadecimal(name[at]!, 2)}`
      at += 1
      continue
    }
    text +=
      shortEscapes.get(codePoint) ?? (isPrintable(codePoint) ? String.fromCodePoint(codePoint) : escapeOf(codePoint))
    at += Utf8.sizeOf(codePoint)
  }
  return text
}

const plainBytes: Record<string, number> = {
  a: 0x07,
  b: 0x08,
  t: 0x09,
  n: 0x0a,
  v: 0x0b,
  f: 0x0c,
  r: 0x0d,
  '"': quotationMark,
  "\\": backslash
}

const digits: Record<string, number> = { x: 2, u: 4, U: 8 }

const isSurrogate = (codePoint: number): boolean => codePoint >= 0xd800 && codePoint <= 0xdfff

const invalid = (): never => {
  throw new SyntaxError("it is not quoted as Go quotes strings")
}

/** One escape sequence from `at`, behind its backslash: its bytes and where the text goes on. */
const readEscape = (text: string, at: number): readonly [bytes: Buffer, next: number] => {
  const letter = text[at] ?? invalid()
  const plain = Object.hasOwn(plainBytes, letter) ? plainBytes[letter] : undefined
  if (plain !== undefined) return [Buffer.of(plain), at + 1]
  if (letter >= "0" && letter <= "7") {
    const octal = text.slice(at, at + 3)
    if (!/^[0-3][0-7]{2}$/.test(octal)) return invalid()
    return [Buffer.of(Number.parseInt(octal, 8)), at + 3]
  }
  const count = Object.hasOwn(digits, letter) ? digits[letter]! : invalid()
  const hex = text.slice(at + 1, at + 1 + count)
  if (hex.length !== count || !/^[0-9A-Fa-f]+$/.test(hex)) return invalid()
  const value = Number.parseInt(hex, 16)
  if (letter === "x") return [Buffer.of(value), at + 3]
  if (value > 0x10ffff || isSurrogate(value)) return invalid()
  return [Buffer.from(String.fromCodePoint(value)), at + 1 + count]
}

/** The bytes of a name. Takes every escape Go takes, needed or not; throws `SyntaxError` where Go refuses. */
export const unquote = (text: string): Buffer => {
  if (text.includes('"') || text.includes("\n") || text.includes("\\")) return unquoteEscapes(text)
  return Buffer.from(text)
}

const unquoteEscapes = (text: string): Buffer => {
  const parts: Array<Buffer> = []
  for (let at = 0; at < text.length; ) {
    if (text[at] === "\\") {
      const [bytes, next] = readEscape(text, at + 1)
      parts.push(bytes)
      at = next
      continue
    }
    const following = text.indexOf("\\", at)
    const plain = text.slice(at, following < 0 ? text.length : following)
    if (plain.includes('"') || plain.includes("\n")) return invalid()
    parts.push(Buffer.from(plain))
    at += plain.length
  }
  return Buffer.concat(parts)
}

const plain = /^[ !#-[\]-~]*$/

/** The text itself when `quote` would have written these bytes otherwise; `undefined` when it would not. */
export const unusual = (text: string, bytes: Uint8Array): string | undefined =>
  plain.test(text) || quote(bytes) === text ? undefined : text
