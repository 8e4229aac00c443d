/** Which mounts this user has: a file for each, with where to talk to it. */
import * as fs from "node:fs"
import * as path from "node:path"
import { makeFolder } from "@ourclone/core/machine/MadeFolder"
import { hasEnded, ProcessIdentity } from "@ourclone/core/machine/ProcessIdentity"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"

export const MountRecord = Schema.Struct({
  v: Schema.Literal(1),
  id: Schema.String,
  /** What is mounted, as it was asked for. */
  place: Schema.String,
  /** The folder, or the address of a server. */
  point: Schema.String,
  door: Schema.Literals(["fuse", "webdav"]),
  isReadOnly: Schema.Boolean,
  /** Milliseconds since 1970 UTC. */
  startedAt: Schema.Int,
  process: ProcessIdentity,
  /** Tree, cache and queue; "" where it has none. */
  directory: Schema.String
})
export type MountRecord = typeof MountRecord.Type

const encode = Schema.encodeSync(Schema.fromJsonString(MountRecord))
const decode = Schema.decodeUnknownOption(Schema.fromJsonString(MountRecord))

const recordFile = (directory: string, id: string): string => path.join(directory, `${id}.json`)

/** Where the process listens; short, as the system allows some 100 bytes. */
export const socketOf = (directory: string, id: string): string => path.join(directory, `${id}.sock`)

export const write = (directory: string, record: MountRecord): void => {
  makeFolder(directory)
  const file = recordFile(directory, record.id)
  fs.writeFileSync(`${file}.new`, encode(record), { mode: 0o600 })
  fs.renameSync(`${file}.new`, file)
}

export const remove = (directory: string, id: string): void => {
  for (const file of [recordFile(directory, id), socketOf(directory, id)]) fs.rmSync(file, { force: true })
}

/** Those whose process lives, the oldest first; what the others left is taken away. */
export const list = (directory: string): ReadonlyArray<MountRecord> => {
  let names: ReadonlyArray<string>
  try {
    names = fs.readdirSync(directory)
  } catch {
    return []
  }
  const found: Array<MountRecord> = []
  for (const name of names) {
    if (!name.endsWith(".json")) continue
    const id = name.slice(0, -".json".length)
    let text = ""
    try {
      text = fs.readFileSync(path.join(directory, name), "utf8")
    } catch {
      continue
    }
    const record = Option.getOrUndefined(decode(text))
    if (record !== undefined && record.id === id && !hasEnded(record.process)) found.push(record)
    else if (record !== undefined) remove(directory, id)
  }
  return found.sort((a, b) => a.startedAt - b.startedAt)
}

/** The mount at a folder or address, or of that id. */
export const find = (directory: string, point: string): MountRecord | undefined =>
  list(directory).find((record) => record.point === point || record.id === point)
