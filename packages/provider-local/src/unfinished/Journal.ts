/**
 * What is known of an unfinished large file, beside its temporary file.
 *
 * The first line is the `Unfinished`, the others are the parts as they arrive.
 * Lines are only ever added, so a run that is cut off spoils the last one at most.
 */

import { Unfinished } from "@ourclone/core/contract/LargeFile"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as fs from "../disk/DiskFs.ts"
import { codeOf } from "../place/LocalErrors.ts"

const StoredPart = Schema.Struct({
  number: Schema.Int,
  offset: Schema.Int,
  size: Schema.Int,
  checksum: Schema.String
})
export type StoredPart = typeof StoredPart.Type

/** The part is being sent again, and what is on the disk is no longer what was noted. */
const DroppedPart = Schema.Struct({ dropped: Schema.Int })

const decodeHeader = Schema.decodeUnknownOption(Schema.fromJsonString(Unfinished))
const decodeLine = Schema.decodeUnknownOption(Schema.fromJsonString(Schema.Union([StoredPart, DroppedPart])))

export interface Journal {
  readonly file: Unfinished
  readonly parts: Map<number, StoredPart>
}

/** Throws when the journal exists. */
export const create = (journal: string, file: Unfinished): void =>
  fs.writeFileSync(journal, `${JSON.stringify(file)}\n`, { flag: "wx", mode: 0o600 })

/** Begins a line of its own, lest it be joined to one that was cut off. */
const append = (journal: string, line: object): void => fs.appendFileSync(journal, `\n${JSON.stringify(line)}\n`)

export const addPart = (journal: string, part: StoredPart): void => append(journal, part)

export const dropPart = (journal: string, number: number): void => append(journal, { dropped: number })

/** `undefined` when there is no journal, it is another user's, or its first line makes no sense. */
export const read = (journal: string): Journal | undefined => {
  const [header = "", ...lines] = readLines(journal)
  const file = Option.getOrUndefined(decodeHeader(header))
  if (file === undefined) return undefined
  const parts = new Map<number, StoredPart>()
  for (const line of lines) {
    const decoded = Option.getOrUndefined(decodeLine(line))
    if (decoded === undefined) continue
    if ("dropped" in decoded) parts.delete(decoded.dropped)
    else parts.set(decoded.number, decoded)
  }
  return { file, parts }
}

const readLines = (journal: string): ReadonlyArray<string> => {
  try {
    return fs.readFileSync(journal).split("\n")
  } catch (error) {
    const code = codeOf(error)
    if (code === "ENOENT" || code === "EACCES") return []
    throw error
  }
}
