/** One side of the browser as lines. */
import * as Amount from "@ourclone/core/events/Amount"
import { printable, shorten } from "@ourclone/core/events/PrintableText"
import * as Bar from "../../lines/Bar.ts"
import * as Lines from "../../lines/Line.ts"
import type { Marks } from "../../lines/Marks.ts"
import * as Table from "../../lines/Table.ts"
import * as List from "../../lists/List.ts"
import * as Places from "../../words/Places.ts"
import { byName, type Entry } from "./Entry.ts"
import type { Pane } from "./Pane.ts"

export interface Row {
  readonly now: number
  readonly other: ReadonlyMap<string, Entry> | undefined
  /** Bytes of the largest one, where folders were measured; else 0. */
  readonly largest: number
  readonly marks: Marks
}

const two = (part: number): string => String(part).padStart(2, "0")

const dateText = (at: number | undefined, now: number): string => {
  if (at === undefined) return ""
  const date = new Date(at)
  const day = `${two(date.getMonth() + 1)}-${two(date.getDate())}`
  return date.getFullYear() === new Date(now).getFullYear() ? day : `${date.getFullYear()}-${day}`
}

/** That the other pane lacks it, or has something else, or another size, by that name; undefined where it has the same. */
export const difference = (entry: Entry, other: Row["other"]): "lacking" | "differing" | undefined => {
  if (other === undefined) return undefined
  const there = other.get(entry.name)
  if (there === undefined) return "lacking"
  return there.isFolder !== entry.isFolder || (!entry.isFolder && there.size !== entry.size) ? "differing" : undefined
}

const barColumns = 10

const shareBar: Table.Column<Entry, Row> = {
  head: "",
  width: barColumns,
  from: 54,
  text: ({ size = 0 }, { largest, marks }) => Bar.of((size / largest) * 100, barColumns, marks),
  tone: () => "busy"
}

export const table: Table.Table<Entry, Row> = {
  columns: [
    {
      head: "Name",
      text: ({ because, isFolder, name }) =>
        `${name}${isFolder ? "/" : ""}${because === undefined ? "" : ` (${because})`}`,
      tone: (entry, { other }) =>
        difference(entry, other) !== undefined ? "warn" : entry.isFolder ? "strong" : "plain"
    },
    { head: "Size", width: 9, isRight: true, text: ({ size }) => (size === undefined ? "" : Amount.bytes(size)) },
    { head: "Modified", width: 10, from: 44, text: ({ modifiedAt }, { now }) => dateText(modifiedAt, now) }
  ],
  empty: ["Nothing here"]
}

const [nameColumn, ...otherColumns] = table.columns

/** Where two panes are compared: a sign, so that no colour is needed. */
const differenceColumn: Table.Column<Entry, Row> = {
  head: "",
  width: 1,
  text: (entry, { marks, other }) => {
    const found = difference(entry, other)
    return found === undefined ? "" : marks[found]
  },
  tone: () => "warn"
}

/** With a sign where it is compared, and with a bar for how much of the largest one each is where it was measured. */
const tableOf = ({ largest, other }: Row): Table.Table<Entry, Row> => ({
  ...table,
  columns: [
    ...(other === undefined ? [] : [differenceColumn]),
    nameColumn!,
    ...(largest > 0 ? [shareBar] : []),
    ...otherColumns
  ]
})

export interface Look {
  readonly now: number
  readonly home: string
  readonly marks: Marks
  readonly isActive: boolean
  /** The other pane, where the two are compared. */
  readonly other: Pane | undefined
}

const largestOf = ({ list, measured }: Pane): number =>
  measured?.isWhole === true ? list.items.reduce((most, { size = 0 }) => Math.max(most, size), 0) : 0

export const rowOf = (pane: Pane, { marks, now, other }: Pick<Look, "now" | "other" | "marks">): Row => ({
  now,
  marks,
  largest: largestOf(pane),
  other: other === undefined ? undefined : byName(other.list.items)
})

export const lines = (pane: Pane, look: Look, columns: number, rows: number): ReadonlyArray<Lines.Line> => {
  const { home, isActive, marks } = look
  const count = pane.isLoading ? "listing" : `${Amount.count(pane.list.items.length)}${pane.isCut ? "+" : ""}`
  const place = shorten(printable(Places.short(pane.place, home)), Math.max(8, columns - count.length - 4))
  const head = Lines.ends(
    Lines.line(` ${place}`, isActive ? "strong" : "faint"),
    Lines.line(`${count} `, "faint"),
    columns
  )
  if (pane.problem !== "") {
    const said = Lines.wrap(printable(pane.problem), columns - 4).map((text) =>
      Lines.line(`   ${text}`, pane.isMissing ? "plain" : "bad")
    )
    const advice = pane.isMissing
      ? "It comes to be with the first file that is copied into it. h goes up."
      : "u tries again"
    return [
      head,
      Lines.blank,
      ...said,
      Lines.blank,
      ...Lines.wrap(advice, columns - 4).map((text) => Lines.line(`   ${text}`, "faint"))
    ]
  }
  if (pane.isLoading && pane.list.items.length === 0) return [head, Lines.blank, Lines.line("   Listing", "faint")]
  const isMarked = (entry: Entry) => List.isMarked(pane.list, entry)
  const row = rowOf(pane, look)
  return [head, ...Table.lines(tableOf(row), pane.list, row, { columns, rows: rows - 1, marks, isMarked, isActive })]
}
