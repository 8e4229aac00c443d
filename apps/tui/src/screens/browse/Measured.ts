/** How much each folder holds, from one listing of all that is below a place. */

export interface Sum {
  readonly files: number
  readonly bytes: number
}

export interface Measured {
  /** The folder that was listed; what is below it is known too. */
  readonly place: string
  /** By the path below `place`; "" is all of it. */
  readonly sums: ReadonlyMap<string, Sum>
  /** When it was listed, in milliseconds since 1970 UTC. */
  readonly at: number
  readonly isWhole: boolean
}

export const begin = (place: string, at: number): Measured => ({ place, sums: new Map(), at, isWhole: false })

const isSum = (row: unknown): row is Sum & { readonly path: string } => {
  const fields = (row ?? {}) as { readonly [name: string]: unknown }
  return (
    fields["_tag"] === "Usage" &&
    typeof fields["path"] === "string" &&
    typeof fields["files"] === "number" &&
    typeof fields["bytes"] === "number"
  )
}

/** With rows of the query `du`; what is none of them is passed over. */
export const add = (measured: Measured, rows: ReadonlyArray<unknown>): Measured => {
  const sums = new Map(measured.sums)
  for (const row of rows) if (isSum(row)) sums.set(row.path, { files: row.files, bytes: row.bytes })
  return { ...measured, sums }
}

const folder = (place: string): string => (place.endsWith("/") || place.endsWith(":") ? place : `${place}/`)

/** Of the folder `name` in `place`, or of `place` itself where it is ""; undefined where that was not listed. */
export const of = (measured: Measured | undefined, place: string, name = ""): Sum | undefined => {
  if (measured === undefined) return undefined
  const [from, at] = [folder(measured.place), folder(place)]
  if (!at.startsWith(from)) return undefined
  return measured.sums.get(`${at.slice(from.length)}${name}`.replace(/\/$/, ""))
}
