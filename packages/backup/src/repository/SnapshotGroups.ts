/** Snapshots of the same thing: those of one host, of the same paths, with the same tags, or all three. */
import type { Snapshot } from "../format/Snapshot.ts"

export interface Grouping {
  readonly host: boolean
  readonly paths: boolean
  readonly tags: boolean
}

export const defaultGrouping: Grouping = { host: true, paths: true, tags: false }

/** What the snapshots of a group have in common. Sorted; empty or `null` where it does not count, or where there is none. */
export interface GroupKey {
  readonly hostname: string
  readonly paths: ReadonlyArray<string> | null
  readonly tags: ReadonlyArray<string> | null
}

export interface SnapshotGroup {
  readonly key: GroupKey
  /** In the order they were given. */
  readonly snapshots: ReadonlyArray<Snapshot>
}

const words: Readonly<Record<string, keyof Grouping>> = {
  host: "host",
  hosts: "host",
  path: "paths",
  paths: "paths",
  tag: "tags",
  tags: "tags"
}

/** `host,paths`, in any order; nothing means one group of all. `undefined` when a word is none of these. */
export const parse = (text: string): Grouping | undefined => {
  const names = text
    .split(",")
    .map((word) => word.trim())
    .filter((word) => word !== "")
  if (!names.every((name) => Object.hasOwn(words, name))) return undefined
  const meant = new Set(names.map((name) => words[name]))
  return { host: meant.has("host"), paths: meant.has("paths"), tags: meant.has("tags") }
}

const sorted = (texts: ReadonlyArray<string>): ReadonlyArray<string> | null =>
  texts.length === 0 ? null : [...texts].sort((left, right) => Buffer.compare(Buffer.from(left), Buffer.from(right)))

const keyOf = (snapshot: Snapshot, grouping: Grouping): GroupKey => ({
  hostname: grouping.host ? snapshot.hostname : "",
  paths: grouping.paths ? sorted(snapshot.paths) : null,
  tags: grouping.tags ? sorted(snapshot.tags) : null
})

/** Groups in the order of their first snapshot. */
export const group = (snapshots: ReadonlyArray<Snapshot>, grouping: Grouping): ReadonlyArray<SnapshotGroup> => {
  const groups = new Map<string, { readonly key: GroupKey; readonly snapshots: Array<Snapshot> }>()
  for (const snapshot of snapshots) {
    const key = keyOf(snapshot, grouping)
    const text = JSON.stringify(key)
    const known = groups.get(text)
    if (known === undefined) groups.set(text, { key, snapshots: [snapshot] })
    else known.snapshots.push(snapshot)
  }
  return [...groups.values()]
}
