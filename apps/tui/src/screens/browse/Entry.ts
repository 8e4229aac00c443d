/** A file or folder as a pane shows it. */

export interface Entry {
  readonly name: string
  readonly isFolder: boolean
  /** Of a folder what it holds, where that was measured. */
  readonly size: number | undefined
  readonly modifiedAt: number | undefined
  /** It could not be read, or is nothing that is transferred. */
  readonly because: string | undefined
  /** As the storage tells them, by their algorithm. */
  readonly checksums: Readonly<Record<string, string>>
}

type Fields = Readonly<Record<string, unknown>>

const numberIn = (row: Fields, name: string): number | undefined => {
  const value = row[name]
  return typeof value === "number" ? value : undefined
}

const checksumsIn = ({ checksums }: Fields): Readonly<Record<string, string>> =>
  typeof checksums === "object" && checksums !== null
    ? Object.fromEntries(Object.entries(checksums).filter((one): one is [string, string] => typeof one[1] === "string"))
    : {}

/** Of a row of the query `list`. */
export const ofRow = (row: unknown): Entry | undefined => {
  if (typeof row !== "object" || row === null || !("path" in row) || typeof row.path !== "string") return undefined
  const fields = row as Fields
  const tag = "_tag" in row ? row._tag : ""
  return {
    name: row.path,
    isFolder: tag === "Directory",
    size: numberIn(fields, "size"),
    modifiedAt: numberIn(fields, "modifiedAt"),
    because: tag === "Skipped" && "because" in row ? String(row.because) : undefined,
    checksums: checksumsIn(fields)
  }
}

/** Numbers in names by their value. */
const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" })

export const orders = {
  name: (left: Entry, right: Entry) => collator.compare(left.name, right.name),
  size: (left: Entry, right: Entry) => (right.size ?? -1) - (left.size ?? -1),
  modified: (left: Entry, right: Entry) => (right.modifiedAt ?? 0) - (left.modifiedAt ?? 0)
} as const
export type Order = keyof typeof orders

/** Folders first, but among files by their size where that is known of them. */
export const sorted = (entries: ReadonlyArray<Entry>, order: Order): ReadonlyArray<Entry> => {
  const isMixed = order === "size" && entries.some(({ isFolder, size }) => isFolder && size !== undefined)
  return entries.toSorted(
    (left, right) =>
      (isMixed ? 0 : Number(right.isFolder) - Number(left.isFolder)) ||
      orders[order](left, right) ||
      orders.name(left, right)
  )
}

const named = new WeakMap<ReadonlyArray<Entry>, ReadonlyMap<string, Entry>>()

/** Made once of each list: it is asked for at every frame, of lists of any length. */
export const byName = (entries: ReadonlyArray<Entry>): ReadonlyMap<string, Entry> => {
  const known = named.get(entries)
  if (known !== undefined) return known
  const made = new Map(entries.map((entry) => [entry.name, entry]))
  named.set(entries, made)
  return made
}
