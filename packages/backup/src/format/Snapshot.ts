/** A snapshot file: which tree was backed up from where, by whom and when. */
import * as GoJson from "../go/GoJson.ts"
import * as GoTime from "../go/GoTime.ts"
import { isId } from "../go/Hex.ts"
import { type Fields, isFields } from "./NodeFields.ts"
import * as SnapshotSummary from "./SnapshotSummary.ts"

/** What is written: everything but the id, which is the hash of the stored file. */
export interface SnapshotContent {
  /** RFC 3339 with the offset of the machine that made it: see GoTime. */
  readonly time: string
  readonly parent?: string | undefined
  readonly tree: string
  /** Absolute, as they were given. */
  readonly paths: ReadonlyArray<string>
  readonly hostname: string
  readonly username: string
  readonly uid: number
  readonly gid: number
  readonly excludes: ReadonlyArray<string>
  readonly tags: ReadonlyArray<string>
  /** The first snapshot of the chain that this one replaces. */
  readonly original?: string | undefined
  readonly programVersion?: string | undefined
  readonly summary?: SnapshotSummary.SnapshotSummary | undefined
  /** Fields of other programs; written again at the end, so that a change of tags loses nothing. */
  readonly unknown?: Readonly<Record<string, unknown>> | undefined
}

export interface Snapshot extends SnapshotContent {
  readonly id: string
}

/** The eight digits that people see. */
export const shortId = (snapshot: { readonly id: string }): string => snapshot.id.slice(0, 8)

const quoted = (text: string): string => GoJson.quote(text)

const list = (texts: ReadonlyArray<string>): string => `[${texts.map(quoted).join(",")}]`

/** JSON in restic's order of fields. What is empty or zero is left out, user 0 too, but for the paths. */
export const encode = (snapshot: SnapshotContent): Buffer => Buffer.from(encodeText(snapshot))

const encodeText = (snapshot: SnapshotContent): string => {
  const fields = [`"time":${quoted(snapshot.time)}`]
  if (snapshot.parent !== undefined) fields.push(`"parent":"${snapshot.parent}"`)
  fields.push(`"tree":"${snapshot.tree}"`, `"paths":${list(snapshot.paths)}`)
  if (snapshot.hostname !== "") fields.push(`"hostname":${quoted(snapshot.hostname)}`)
  if (snapshot.username !== "") fields.push(`"username":${quoted(snapshot.username)}`)
  if (snapshot.uid !== 0) fields.push(`"uid":${snapshot.uid}`)
  if (snapshot.gid !== 0) fields.push(`"gid":${snapshot.gid}`)
  if (snapshot.excludes.length > 0) fields.push(`"excludes":${list(snapshot.excludes)}`)
  if (snapshot.tags.length > 0) fields.push(`"tags":${list(snapshot.tags)}`)
  if (snapshot.original !== undefined) fields.push(`"original":"${snapshot.original}"`)
  if (snapshot.programVersion) fields.push(`"program_version":${quoted(snapshot.programVersion)}`)
  if (snapshot.summary !== undefined) fields.push(`"summary":${SnapshotSummary.encode(snapshot.summary)}`)
  for (const [key, value] of Object.entries(snapshot.unknown ?? {}))
    fields.push(`${quoted(key)}:${GoJson.encode(value)}`)
  return `{${fields.join(",")}}`
}

const known = new Set(
  "time parent tree paths hostname username uid gid excludes tags original program_version summary".split(" ")
)

const fail = (what: string): never => {
  throw new Error(`the snapshot is not readable: ${what}`)
}

const text = (fields: Fields, key: string): string => {
  const value = fields[key] ?? ""
  return typeof value === "string" ? value : fail(`its ${key} is no text`)
}

const texts = (fields: Fields, key: string): ReadonlyArray<string> => {
  const value = fields[key] ?? []
  return Array.isArray(value) && value.every((one) => typeof one === "string")
    ? value
    : fail(`its ${key} is no list of texts`)
}

const number = (fields: Fields, key: string): number => {
  const value = fields[key] ?? 0
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0
    ? value
    : fail(`its ${key} is no number`)
}

const id = (fields: Fields, key: string): string => {
  const value = text(fields, key).toLowerCase()
  return isId(value) ? value : fail(`its ${key} is no id`)
}

const optionalId = (fields: Fields, key: string): string | undefined =>
  fields[key] === undefined || fields[key] === null || fields[key] === "" ? undefined : id(fields, key)

const time = (fields: Fields): string => {
  const value = text(fields, "time")
  return GoTime.read(value) === undefined ? fail(`its time, ${JSON.stringify(value)}, is no time`) : value
}

/** Any order of fields is taken. Throws a plain `Error` that says what is wrong. */
export const decode = (json: Uint8Array, snapshotId: string): Snapshot => {
  const fields: unknown = JSON.parse(Buffer.from(json.buffer, json.byteOffset, json.length).toString())
  if (!isFields(fields)) return fail("it is no object")
  const unknown = Object.entries(fields).filter(([key]) => !known.has(key))
  return {
    id: snapshotId,
    time: time(fields),
    parent: optionalId(fields, "parent"),
    tree: id(fields, "tree"),
    paths: texts(fields, "paths"),
    hostname: text(fields, "hostname"),
    username: text(fields, "username"),
    uid: number(fields, "uid"),
    gid: number(fields, "gid"),
    excludes: texts(fields, "excludes"),
    tags: texts(fields, "tags"),
    original: optionalId(fields, "original"),
    programVersion: text(fields, "program_version") || undefined,
    summary: isFields(fields.summary) ? SnapshotSummary.decode(fields.summary) : undefined,
    unknown: unknown.length === 0 ? undefined : Object.fromEntries(unknown)
  }
}

/** The object that restic's `--json` prints: what is stored, with the two ids of it behind. */
export const toJson = (snapshot: Snapshot): Readonly<Record<string, unknown>> => ({
  ...(JSON.parse(encodeText(snapshot)) as Fields),
  id: snapshot.id,
  short_id: shortId(snapshot)
})

/** Whether an id can begin with this. */
export const isIdPrefix = (text: string): boolean => /^[0-9a-f]{1,64}$/.test(text)
