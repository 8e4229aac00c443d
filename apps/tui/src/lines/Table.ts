/** Rows in columns. Columns that a narrow window has no room for are left out. */
import { pad, printable, shorten, widthOf } from "@ourclone/core/events/PrintableText"
import type { List } from "../lists/List.ts"
import * as Lines from "./Line.ts"
import type { Marks } from "./Marks.ts"

export interface Column<Item, Context> {
  readonly head: string
  /** Columns of the terminal; the one without takes what is left. */
  readonly width?: number
  readonly isRight?: boolean
  /** Loses its end where it is too long; a name loses its middle. */
  readonly isSentence?: true
  /** Only in windows at least so wide. */
  readonly from?: number
  readonly text: (item: Item, context: Context) => string
  readonly tone?: (item: Item, context: Context) => Lines.Tone
}

export interface Table<Item, Context> {
  readonly columns: ReadonlyArray<Column<Item, Context>>
  /** Said where there is nothing. */
  readonly empty: ReadonlyArray<string>
}

/** Where a list begins to be drawn so that what is chosen is seen. */
export const offsetOf = (at: number, count: number, rows: number): number =>
  Math.max(0, Math.min(at - Math.floor(rows / 2), count - rows))

const cell = (
  text: string,
  columns: number,
  { isRight = false, isSentence }: { readonly isRight?: boolean; readonly isSentence?: true }
): string => {
  const shown = (isSentence === true ? Lines.start : shorten)(printable(text), columns)
  return isRight ? " ".repeat(Math.max(0, columns - widthOf(shown))) + shown : pad(shown, columns)
}

/** With a head, where there is room for one; `isActive` is false for a pane that does not hear keys. */
export const lines = <Item, Context>(
  { columns, empty }: Table<Item, Context>,
  list: List<Item>,
  context: Context,
  options: {
    readonly columns: number
    readonly rows: number
    readonly marks: Marks
    readonly isMarked?: (item: Item) => boolean
    readonly isActive?: boolean
    readonly hasHead?: boolean
  }
): ReadonlyArray<Lines.Line> => {
  const { isActive = true, isMarked = () => false, marks, rows } = options
  const shown = columns.filter(({ from = 0 }) => options.columns >= from)
  const fixed = shown.reduce((sum, { width }) => sum + (width === undefined ? 0 : width + 2), 0)
  const rest = Math.max(4, options.columns - fixed - 3)
  const widths = shown.map(({ width }) => width ?? rest)
  const put = (texts: ReadonlyArray<string>): string => texts.join("  ")
  const out: Array<Lines.Line> = []
  if (options.hasHead !== false) {
    const heads = shown.map((column, index) => cell(column.head, widths[index]!, column))
    out.push(Lines.line(`   ${put(heads)}`, "faint"))
  }
  if (list.shown.length === 0) {
    const said = list.filter === "" ? empty : [`Nothing matches "${printable(list.filter)}"`]
    return [...out, Lines.blank, ...said.map((text) => Lines.cut(Lines.line(`   ${text}`), options.columns))]
  }
  const room = Math.max(1, rows - out.length)
  const from = offsetOf(list.at, list.shown.length, room)
  list.shown.slice(from, from + room).forEach((item, index) => {
    const isChosen = isActive && from + index === list.at
    const lead = `${isChosen ? ">" : " "}${isMarked(item) ? marks.marked : " "} `
    const spans = shown.map((column, index) =>
      Lines.span(
        cell(column.text(item, context), widths[index]!, column),
        isChosen ? "chosen" : (column.tone?.(item, context) ?? "plain")
      )
    )
    const row: Array<Lines.Span> = [Lines.span(lead, isChosen ? "chosen" : "plain")]
    spans.forEach((span, column) => {
      row.push(span)
      if (column < spans.length - 1) row.push(Lines.span("  ", isChosen ? "chosen" : "plain"))
    })
    out.push(isChosen ? Lines.fill(row, options.columns, "chosen") : Lines.cut(row, options.columns))
  })
  return out
}

/** The row that is drawn at that line of `lines`. */
export const rowAt = <Item>(list: List<Item>, rows: number, line: number, headLines = 1): number | undefined => {
  const room = Math.max(1, rows - headLines)
  const index = offsetOf(list.at, list.shown.length, room) + line - headLines
  return line < headLines || index >= list.shown.length ? undefined : index
}

/** One row in words, for who hears it. */
export const spoken = <Item, Context>({ columns }: Table<Item, Context>, item: Item, context: Context): string =>
  columns
    .map(({ text }) => printable(text(item, context)))
    .filter((text) => text !== "" && text !== "–")
    .join(", ")
