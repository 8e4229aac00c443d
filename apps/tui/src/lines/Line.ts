/** A line of a screen: pieces of printable text, each in a tone. What a tone looks like is the terminal's business. */
import { widthOf } from "@ourclone/core/events/PrintableText"

export type Tone = "plain" | "strong" | "faint" | "good" | "bad" | "warn" | "busy" | "chosen"

export interface Span {
  readonly text: string
  readonly tone: Tone
}

export type Line = ReadonlyArray<Span>

export const span = (text: string, tone: Tone = "plain"): Span => ({ text, tone })

export const line = (text: string, tone: Tone = "plain"): Line => [{ text, tone }]

export const blank: Line = []

export const textOf = (spans: Line): string => spans.map(({ text }) => text).join("")

export const width = (spans: Line): number => spans.reduce((sum, { text }) => sum + widthOf(text), 0)

/** As much of `text` as fits, from its start. */
export const start = (text: string, columns: number): string => {
  if (widthOf(text) <= columns) return text
  let cut = text.slice(0, Math.max(0, columns - 1))
  while (widthOf(cut) > columns - 1) cut = cut.slice(0, -1)
  return columns < 1 ? "" : `${cut.replace(/[\ud800-\udbff]$/, "")}…`
}

/** In at most so many columns: what is too long loses its end. */
export const cut = (spans: Line, columns: number): Line => {
  const kept: Array<Span> = []
  let left = columns
  for (const { text, tone } of spans) {
    if (left <= 0) break
    const fitting = start(text, left)
    kept.push({ text: fitting, tone })
    left -= widthOf(fitting)
    if (fitting !== text) break
  }
  return kept
}

/** In exactly so many columns. */
export const fill = (spans: Line, columns: number, tone: Tone = "plain"): Line => {
  const fitting = cut(spans, columns)
  const missing = columns - width(fitting)
  return missing > 0 ? [...fitting, { text: " ".repeat(missing), tone }] : fitting
}

/** `left` and `right` at the ends of a line; the right one goes first where both do not fit. */
export const ends = (left: Line, right: Line, columns: number): Line => {
  const room = columns - width(right)
  return width(right) === 0 || room < 8 ? cut(left, columns) : [...fill(left, room - 1), span(" "), ...right]
}

/** Side by side, with `between` in each line. */
export const beside = (
  left: ReadonlyArray<Line>,
  leftColumns: number,
  right: ReadonlyArray<Line>,
  rightColumns: number,
  between: Span
): ReadonlyArray<Line> =>
  Array.from({ length: Math.max(left.length, right.length) }, (_, index) => [
    ...fill(left[index] ?? blank, leftColumns),
    between,
    ...fill(right[index] ?? blank, rightColumns)
  ])

/** Exactly so many lines. */
export const height = (lines: ReadonlyArray<Line>, rows: number): ReadonlyArray<Line> =>
  lines.length >= rows ? lines.slice(0, rows) : [...lines, ...Array.from({ length: rows - lines.length }, () => blank)]

/** Words on lines of at most so many columns; a word that is longer is cut. */
export const wrap = (text: string, columns: number): ReadonlyArray<string> => {
  const lines: Array<string> = []
  for (const word of text.split(" ")) {
    const last = lines.at(-1)
    const joined = last === undefined ? word : `${last} ${word}`
    if (last !== undefined && widthOf(joined) <= columns) lines[lines.length - 1] = joined
    else lines.push(start(word, columns))
  }
  return lines
}
