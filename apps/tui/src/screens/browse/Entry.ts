/** A file or folder as a pane shows it. */

export interface Entry {
  readonly name: string
  readonly isFolder: boolean
  readonly size: number | undefined
  readonly modifiedAt: number | undefined
  /** It could not be read, or is nothing that is transferred. */
  readonly because: string | undefined
}

const numberIn = (row: object, name: string): number | undefined => {
  const value = (row as Readonly<Record<string, unknown>>)[name]
  return typeof value === "number" ? value : undefined
}

/** Of a row of the query `list`. */
export const ofRow = (row: unknown): Entry | undefined => {
  if (typeof row !== "object" || row === null || !("path" in row) || typeof row.path !== "string") return undefined
  const tag = "_tag" in row ? row._tag : ""
  return {
    name: row.path,
    isFolder: tag === "Directory",
    size: numberIn(row, "size"),
    modifiedAt: numberIn(row, "modifiedAt"),
    because: tag === "Skipped" && "because" in row ? String(row.because) : undefined
  }
}

/** Folders first; each part by name, numbers in them by their value. */
const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" })

export const orders = {
  name: (left: Entry, right: Entry) => collator.compare(left.name, right.name),
  size: (left: Entry, right: Entry) => (right.size ?? -1) - (left.size ?? -1),
  modified: (left: Entry, right: Entry) => (right.modifiedAt ?? 0) - (left.modifiedAt ?? 0)
} as const
export type Order = keyof typeof orders

export const sorted = (entries: ReadonlyArray<Entry>, order: Order): ReadonlyArray<Entry> =>
  entries.toSorted((left, right) => Number(right.isFolder) - Number(left.isFolder) || orders[order](left, right))
