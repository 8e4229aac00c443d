/** One side of the browser: a place, and what was listed there. */
import type { Ask } from "../../command/Ask.ts"
import * as List from "../../lists/List.ts"
import * as Places from "../../words/Places.ts"
import { type Entry, type Order, ofRow, sorted } from "./Entry.ts"

export interface Pane {
  readonly place: string
  readonly list: List.List<Entry>
  readonly isLoading: boolean
  readonly problem: string
  /** There is more than is listed. */
  readonly isCut: boolean
  readonly order: Order
  /** To be chosen once it is listed. */
  readonly wanted: string
}

const kind: List.ListKind<Entry> = { keyOf: ({ name }) => name, textOf: ({ name }) => name }

export const at = (place: string, order: Order = "name", wanted = ""): Pane => ({
  place,
  list: List.make(kind),
  isLoading: true,
  problem: "",
  isCut: false,
  order,
  wanted
})

export const ask = ({ place }: Pane, tag: string): Ask => ({
  _tag: "Rows",
  tag,
  type: "list",
  request: { path: Places.asFolder(place), maxDepth: 1 }
})

/** The same place once more; what was listed stays until the new list comes. */
export const again = (pane: Pane): Pane => ({ ...pane, isLoading: true, problem: "", wanted: "" })

const arranged = (pane: Pane, entries: ReadonlyArray<Entry>): Pane => {
  const list = List.withItems(pane.list, sorted(entries, pane.order))
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

export const failed = (pane: Pane, problem: string): Pane => ({ ...arranged(pane, []), isLoading: false, problem })

export const inOrder = (pane: Pane, order: Order): Pane => arranged({ ...pane, order, wanted: "" }, pane.list.items)
