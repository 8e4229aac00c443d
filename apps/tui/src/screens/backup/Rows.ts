/** Snapshots and what is in them, as rows of queries give them. */

export interface Snapshot {
  readonly id: string
  readonly time: string
  readonly hostname: string
  readonly paths: ReadonlyArray<string>
  readonly tags: ReadonlyArray<string>
  readonly files: number | undefined
  readonly added: number | undefined
}

type Fields = { readonly [name: string]: unknown }

const fieldsOf = (row: unknown): Fields | undefined =>
  typeof row === "object" && row !== null ? (row as Fields) : undefined

const texts = (value: unknown): ReadonlyArray<string> => (Array.isArray(value) ? value.map(String) : [])
const number = (value: unknown): number | undefined => (typeof value === "number" ? value : undefined)

export const snapshot = (row: unknown): Snapshot | undefined => {
  const fields = fieldsOf(row)
  if (typeof fields?.["id"] !== "string") return undefined
  const summary = fieldsOf(fields["summary"])
  return {
    id: fields["id"],
    time: String(fields["time"]),
    hostname: String(fields["hostname"]),
    paths: texts(fields["paths"]),
    tags: texts(fields["tags"]),
    files: number(summary?.["totalFilesProcessed"]),
    added: number(summary?.["dataAddedPacked"])
  }
}

export interface Node {
  readonly path: string
  readonly name: string
  readonly isFolder: boolean
  readonly size: number
  readonly time: string
}

const node = (row: unknown): Node | undefined => {
  const fields = fieldsOf(row)
  if (typeof fields?.["path"] !== "string") return undefined
  return {
    path: fields["path"],
    name: String(fields["name"]),
    isFolder: fields["type"] === "dir",
    size: number(fields["size"]) ?? 0,
    time: String(fields["mtime"])
  }
}

/** Of a row of `snapshotLs`. */
export const nodeOf = (row: unknown): Node | undefined => {
  const fields = fieldsOf(row)
  return fields?.["_tag"] === "Node" ? node(fields["node"]) : undefined
}

export interface Change {
  readonly path: string
  readonly modifier: string
}

export const changeOf = (row: unknown): Change | undefined => {
  const fields = fieldsOf(row)
  return fields?.["_tag"] === "Change"
    ? { path: String(fields["path"]), modifier: String(fields["modifier"]) }
    : undefined
}

/** Of rows of `find`: each match belongs to the snapshot before it. */
export type Found =
  | { readonly _tag: "Snapshot"; readonly snapshot: Snapshot }
  | { readonly _tag: "Match"; readonly node: Node }

export const foundOf = (row: unknown): Found | undefined => {
  const fields = fieldsOf(row)
  if (fields?.["_tag"] === "Snapshot") {
    const found = snapshot(fields["snapshot"])
    return found === undefined ? undefined : { _tag: "Snapshot", snapshot: found }
  }
  if (fields?.["_tag"] !== "Match") return undefined
  const found = node(fields["node"])
  return found === undefined ? undefined : { _tag: "Match", node: found }
}

/** `2026-11-29 02:30` of RFC 3339. */
export const timeText = (time: string): string => time.slice(0, 16).replace("T", " ")
