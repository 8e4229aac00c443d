/** One side of the browser: a place, and what was listed there. */
import type { Failure } from "@ourclone/core/events/Failure"
import type { Ask } from "../../command/Ask.ts"
import * as List from "../../lists/List.ts"
import * as Places from "../../words/Places.ts"
import { told } from "../../words/Remedies.ts"
import { type Entry, type Order, ofRow, sorted } from "./Entry.ts"
import * as Measured from "./Measured.ts"

export interface Pane {
  readonly place: string
  readonly list: List.List<Entry>
  readonly isLoading: boolean
  readonly problem: string
  /** There is no such folder: many storages have one only while something is in it. */
  readonly isMissing: boolean
  /** There is more than is listed. */
  readonly isCut: boolean
  readonly order: Order
  /** To be chosen once it is listed. */
  readonly wanted: string
  /** How much folders hold, as far as that was asked for; it stays for the folders below. */
  readonly measured: Measured.Measured | undefined
}

const kind: List.ListKind<Entry> = { keyOf: ({ name }) => name, textOf: ({ name }) => name }

export const at = (
  place: string,
  { measured, order }: Pick<Pane, "order" | "measured"> = { order: "name", measured: undefined },
  wanted = ""
): Pane => ({
  place,
  list: List.make(kind),
  isLoading: true,
  problem: "",
  isMissing: false,
  isCut: false,
  order,
  wanted,
  measured: Measured.of(measured, place) === undefined ? undefined : measured
})

export const ask = ({ place }: Pane, tag: string): Ask => ({
  _tag: "Rows",
  tag,
  type: "list",
  request: { path: Places.asFolder(place), maxDepth: 1 }
})

/** The same place once more; what was listed stays until the new list comes. */
export const again = (pane: Pane): Pane => ({ ...pane, isLoading: true, problem: "", isMissing: false, wanted: "" })

const arranged = (pane: Pane, entries: ReadonlyArray<Entry>): Pane => {
  const sized = entries.map((entry) =>
    entry.isFolder ? { ...entry, size: Measured.of(pane.measured, pane.place, entry.name)?.bytes } : entry
  )
  const list = List.withItems(pane.list, sorted(sized, pane.order))
  return { ...pane, list: pane.wanted === "" ? list : List.selectKey(list, pane.wanted) }
}

/** The first rows of a new list take the place of what was listed before. */
export const withRows = (pane: Pane, rows: ReadonlyArray<unknown>, isFirst: boolean): Pane => {
  const found = rows.flatMap((row) => ofRow(row) ?? [])
  return arranged(pane, isFirst ? found : [...pane.list.items, ...found])
}

export const ended = (pane: Pane, isCut: boolean, cameRows: boolean): Pane => ({
  ...(cameRows ? pane : arranged(pane, [])),
  isLoading: false,
  isCut
})

const absent = new Set(["NotFound", "NothingThere"])

export const failed = (pane: Pane, failure: Failure): Pane => ({
  ...arranged(pane, []),
  isLoading: false,
  problem: told(failure),
  isMissing: absent.has(failure.code)
})

export const inOrder = (pane: Pane, order: Order): Pane => arranged({ ...pane, order, wanted: "" }, pane.list.items)

/** With what is known of its folders; the largest first once it is all known. */
export const withMeasured = (pane: Pane, measured: Measured.Measured | undefined): Pane =>
  arranged({ ...pane, measured, order: measured?.isWhole === true ? "size" : pane.order, wanted: "" }, pane.list.items)
