/**
 * Names as a terminal can show them.
 *
 * A file name may hold line breaks and terminal commands; people get those as paths spell them, `␛`, and those that have
 * no picture as `\x9b`. So are characters that are not seen, which would make two names look the same, or that turn the
 * direction of what follows; joiners within words and emoji stay. Widths are in columns, of which a wide character takes
 * two.
 */

const control =
  /[\p{Control}\u00ad\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff0-\ufffb\u{e0000}-\u{e0fff}]/gu
const wide =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}|[\u{20000}-\u{3fffd}]/u
const zeroWidth = /^[\p{Mark}\p{Default_Ignorable_Code_Point}]+$/u
const plain = /^[\x20-\x7e]*$/

/** Made when it is wanted: it costs 12 ms. */
let segmenter: Intl.Segmenter | undefined
const segments = (text: string): Intl.Segments => {
  segmenter ??= new Intl.Segmenter(undefined, { granularity: "grapheme" })
  return segmenter.segment(text)
}

/** `text` on one line, with nothing in it that a terminal obeys. */
export const printable = (text: string): string =>
  plain.test(text)
    ? text
    : text.replace(control, (character) => {
        const code = character.codePointAt(0)!
        if (code < 0x20) return String.fromCharCode(0x2400 + code)
        if (code === 0x7f) return "\u2421"
        const digits = code.toString(16)
        return code < 0x100 ? `\\x${digits}` : code < 0x10000 ? `\\u${digits.padStart(4, "0")}` : `\\u{${digits}}`
      })

const inJson = /[\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g

/** `value` as JSON on one line, with nothing in it that a terminal obeys: such characters are written as `\u009b`. */
export const json = (value: object): string =>
  JSON.stringify(value).replace(inJson, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`)

const columnsOf = (grapheme: string): number => (wide.test(grapheme) ? 2 : zeroWidth.test(grapheme) ? 0 : 1)

/** Columns that printable text takes. */
export const widthOf = (text: string): number => {
  if (plain.test(text)) return text.length
  let width = 0
  for (const { segment } of segments(text)) width += columnsOf(segment)
  return width
}

const take = (graphemes: Iterable<string>, width: number): Array<string> => {
  const taken: Array<string> = []
  let used = 0
  for (const grapheme of graphemes) {
    used += columnsOf(grapheme)
    if (used > width) break
    taken.push(grapheme)
  }
  return taken
}

/** `text` in at most `width` columns; what does not fit is left out of the middle. */
export const shorten = (text: string, width: number): string => {
  if (widthOf(text) <= width) return text
  if (width <= 1) return width === 1 ? "…" : ""
  const graphemes = Array.from(segments(text), ({ segment }) => segment)
  const start = take(graphemes, Math.ceil((width - 1) / 3))
  const end = take(graphemes.toReversed(), width - 1 - widthOf(start.join("")))
  return `${start.join("")}…${end.reverse().join("")}`
}

/** Filled up with spaces to `width` columns. */
export const pad = (text: string, width: number): string => text + " ".repeat(Math.max(0, width - widthOf(text)))
