/** A list of which one row is chosen, some may be marked, and what is typed leaves some. Pure; windows are drawn of it, so its length costs nothing. */

export interface ListKind<Item> {
  /** What marks and the choice stick to when the items change. */
  readonly keyOf: (item: Item) => string
  /** What a filter is held against. */
  readonly textOf: (item: Item) => string
}

export interface List<Item> {
  readonly kind: ListKind<Item>
  readonly items: ReadonlyArray<Item>
  readonly shown: ReadonlyArray<Item>
  readonly at: number
  readonly filter: string
  /** Whether letters go to the filter. */
  readonly isFiltering: boolean
  readonly marks: ReadonlySet<string>
}

export const make = <Item>(kind: ListKind<Item>, items: ReadonlyArray<Item> = []): List<Item> => ({
  kind,
  items,
  shown: items,
  at: 0,
  filter: "",
  isFiltering: false,
  marks: new Set()
})

const clamp = (at: number, count: number): number => Math.max(0, Math.min(at, count - 1))

export const chosen = <Item>({ at, shown }: List<Item>): Item | undefined => shown[at]

const filtered = <Item>({ kind }: List<Item>, items: ReadonlyArray<Item>, filter: string): ReadonlyArray<Item> => {
  if (filter === "") return items
  const words = filter.toLowerCase().split(" ")
  return items.filter((item) => {
    const text = kind.textOf(item).toLowerCase()
    return words.every((word) => text.includes(word))
  })
}

/** The same choice on other items, where it is still there. */
export const withItems = <Item>(list: List<Item>, items: ReadonlyArray<Item>): List<Item> => {
  const shown = filtered(list, items, list.filter)
  const before = chosen(list)
  const key = before === undefined ? undefined : list.kind.keyOf(before)
  const isWhereItWas = key !== undefined && shown[list.at] !== undefined && list.kind.keyOf(shown[list.at]!) === key
  const found = isWhereItWas || key === undefined ? list.at : shown.findIndex((item) => list.kind.keyOf(item) === key)
  return { ...list, items, shown, at: clamp(found < 0 ? list.at : found, shown.length) }
}

export const select = <Item>(list: List<Item>, at: number): List<Item> => ({
  ...list,
  at: clamp(at, list.shown.length)
})

/** The item with that key is chosen, where it is shown. */
export const selectKey = <Item>(list: List<Item>, key: string): List<Item> => {
  const found = list.shown.findIndex((item) => list.kind.keyOf(item) === key)
  return found < 0 ? list : { ...list, at: found }
}

export const move = <Item>(list: List<Item>, by: number): List<Item> => select(list, list.at + by)

export const withFilter = <Item>(list: List<Item>, filter: string): List<Item> => {
  const shown = filtered(list, list.items, filter)
  const before = chosen(list)
  const found = before === undefined ? 0 : shown.indexOf(before)
  return { ...list, filter, shown, at: Math.max(0, found) }
}

export const isMarked = <Item>(list: List<Item>, item: Item): boolean => list.marks.has(list.kind.keyOf(item))

export const mark = <Item>(list: List<Item>, item: Item): List<Item> => {
  const marks = new Set(list.marks)
  const key = list.kind.keyOf(item)
  if (!marks.delete(key)) marks.add(key)
  return { ...list, marks }
}

export const markAll = <Item>(list: List<Item>): List<Item> => ({
  ...list,
  marks: new Set([...list.marks, ...list.shown.map(list.kind.keyOf)])
})

export const unmarkAll = <Item>(list: List<Item>): List<Item> => ({ ...list, marks: new Set() })

/** What is marked, else what is chosen. */
export const meant = <Item>(list: List<Item>): ReadonlyArray<Item> => {
  if (list.marks.size > 0) return list.items.filter((item) => isMarked(list, item))
  const one = chosen(list)
  return one === undefined ? [] : [one]
}
