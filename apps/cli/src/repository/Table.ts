/** Columns of text, each as wide as its widest cell. */
import { pad, widthOf } from "@ourclone/core/events/PrintableText"

/** A cell may have several lines. */
export type Row = ReadonlyArray<string>

const linesOf = (row: Row): Array<Array<string>> => {
  const cells = row.map((cell) => cell.split("\n"))
  const height = Math.max(1, ...cells.map((lines) => lines.length))
  return Array.from({ length: height }, (_, line) => cells.map((lines) => lines[line] ?? ""))
}

/** The header, then each row; columns that no row fills are left out. Cells must be printable. */
export const lines = (header: Row, rows: ReadonlyArray<Row>): ReadonlyArray<string> => {
  const filled = header.map((_, column) => rows.some((row) => (row[column] ?? "") !== ""))
  const keep = (row: ReadonlyArray<string>) => row.filter((_, column) => filled[column])
  const all = [header, ...rows].flatMap((row) => linesOf(keep(row)))
  const widths: Array<number> = []
  for (const row of all)
    for (const [column, cell] of row.entries()) widths[column] = Math.max(widths[column] ?? 0, widthOf(cell))
  return all.map((row) =>
    row
      .map((cell, column) => pad(cell, widths[column] ?? 0))
      .join("  ")
      .trimEnd()
  )
}
