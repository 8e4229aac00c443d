/** What is in a place, one level of it: the same for a storage and for a folder of the service's machine. */
import { type UseQueryResult, useQuery } from "@tanstack/react-query"
import { folders, rows } from "../api/queries.ts"
import { inside, nameIn, partsOf } from "../words/placeText.ts"

export interface Item {
  readonly name: string
  readonly place: string
  readonly kind: "folder" | "file" | "skipped"
  readonly size: number | undefined
  readonly modifiedAt: number | undefined
  readonly because?: string
  readonly checksums?: Readonly<Record<string, string>>
}

export interface Listing {
  readonly items: ReadonlyArray<Item>
  readonly isCut: boolean
}

/** A row of the query `list`. */
interface EntryRow {
  readonly _tag: "File" | "Directory" | "Skipped"
  readonly path: string
  readonly size?: number
  readonly modifiedAt?: number
  readonly because?: string
  readonly checksums?: Readonly<Record<string, string>>
}

/** The folders of the service's machine that may be touched. */
export const localTop = ""

const kinds = { File: "file", Directory: "folder", Skipped: "skipped" } as const

const itemOf = (place: string, row: EntryRow): Item => ({
  name: nameIn(row.path),
  place: inside(place, row.path),
  kind: kinds[row._tag],
  size: row.size,
  modifiedAt: row.modifiedAt,
  ...(row.because === undefined ? {} : { because: row.because }),
  ...(row.checksums === undefined ? {} : { checksums: row.checksums })
})

const byName = new Intl.Collator("en", { numeric: true })
const foldersFirst = (left: Item, right: Item): number =>
  Number(right.kind === "folder") - Number(left.kind === "folder") || byName.compare(left.name, right.name)

export const useListing = (place: string): UseQueryResult<Listing> => {
  const isTop = place === localTop
  const tops = useQuery({
    ...folders(undefined),
    enabled: isTop,
    select: (answer): Listing => ({
      isCut: answer.isCut,
      items: answer.folders.map(({ path }) => ({
        name: path,
        place: path,
        kind: "folder",
        size: undefined,
        modifiedAt: undefined
      }))
    })
  })
  const listed = useQuery({
    ...rows<EntryRow>("list", { path: place, maxDepth: 1 }),
    enabled: !isTop,
    select: (answer): Listing => ({
      isCut: answer.isCut,
      items: answer.rows.map((row) => itemOf(place, row)).sort(foldersFirst)
    })
  })
  return isTop ? tops : listed
}

/** What a place is called in a sentence. */
export const calledOf = (place: string): string =>
  place === localTop ? "This computer" : partsOf(place).path === "" ? (partsOf(place).storage ?? "/") : place
