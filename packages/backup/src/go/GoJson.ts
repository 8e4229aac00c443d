/**
 * JSON strings, byte for byte as Go's `encoding/json` writes them: ids are hashes of the text, so a string
 * escaped differently would be another tree.
 *
 * U+0008 and U+000C are written `\b` and `\f` as Go does since 1.22. restic 0.14 and others built with an older
 * Go write `\u0008`; both read both, and only targets of symbolic links and the like can hold these.
 */
import * as Utf8 from "./Utf8.ts"

/** What needs no escape; lone surrogates do not match, for they stand outside of every range. */
const plain = /^[ !#-%'-;=?-[\]-~\u007f-\u2027\u202a-\ud7ff\ue000-\uffff]*$/

const shortEscapes: Record<string, string> = {
  '"': '\\"',
  "\\": "\\\\",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
  "\b": "\\b",
  "\f": "\\f"
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what has to be escaped
const escaped = /["\\\u0000-\u001f<>&\u2028\u2029\ud800-\udfff]/gu

const escapeOf = (character: string): string => {
  const short = shortEscapes[character]
  if (short !== undefined) return short
  const unit = character.charCodeAt(0)
  return unit >= 0xd800 && unit <= 0xdfff ? "\\ufffd" : `\\u${unit.toString(16).padStart(4, "0")}`
}

/** The string with its quotation marks. A lone surrogate stands for a byte that is not UTF-8: see `textOf`. */
export const quote = (text: string): string => `"${plain.test(text) ? text : text.replace(escaped, escapeOf)}"`

/**
 * The text of bytes that ought to be UTF-8. Each byte that is not becomes one lone surrogate,
 * which `quote` writes as `\ufffd`, as Go does; U+FFFD itself stays what it is.
 */
export const textOf = (bytes: Uint8Array): string => {
  let text = ""
  for (let at = 0; at < bytes.length; ) {
    const codePoint = Utf8.codePointAt(bytes, at)
    text += codePoint < 0 ? String.fromCharCode(0xdc00 + bytes[at]!) : String.fromCodePoint(codePoint)
    at += codePoint < 0 ? 1 : Utf8.sizeOf(codePoint)
  }
  return text
}

/** A value that was parsed, written again without white space. The keys of objects stay in their order. */
export const encode = (value: unknown): string => {
  if (typeof value === "string") return quote(value)
  if (Array.isArray(value)) return `[${value.map(encode).join(",")}]`
  if (typeof value !== "object" || value === null) return String(value)
  return `{${Object.entries(value)
    .map(([key, one]) => `${quote(key)}:${encode(one)}`)
    .join(",")}}`
}
