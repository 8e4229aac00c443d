/** `snapshot diff`: what is different between two snapshots, or folders in them. */

import * as Amount from "@ourclone/core/events/Amount"
import { printable } from "@ourclone/core/events/PrintableText"
import { kind, type Row, type Side } from "@ourclone/jobs/repository/DiffQuery"
import * as Effect from "effect/Effect"
import type { Output } from "../Output.ts"
import type { ReadingInput } from "../RepositoryFlags.ts"
import { command } from "./RepositoryCommand.ts"
import * as RepositoryJob from "./RepositoryJob.ts"
import { accessOf } from "./RepositoryRequest.ts"

export interface DiffFlags extends ReadingInput {
  readonly metadata: boolean
  readonly from: string
  readonly to: string
}

const sideJson = (side: Side) => ({
  files: side.files,
  dirs: side.dirs,
  others: side.others,
  data_blobs: side.dataBlobs,
  tree_blobs: side.treeBlobs,
  bytes: side.bytes
})

const sideText = (side: Side): string =>
  `${Amount.files(side.files)}, ${Amount.counted(side.dirs, "folder")}, ${Amount.counted(side.others, "other")}; ${Amount.bytes(side.bytes)} in ${Amount.counted(side.dataBlobs + side.treeBlobs, "blob")}`

const print = (output: Output, row: Row): void => {
  if (row._tag === "Change") {
    const { modifier, path } = row
    if (output.isJson) output.json({ message_type: "change", path, modifier })
    else output.line(`${modifier.padEnd(2)} ${printable(path)}`)
    return
  }
  const { added, changedFiles, removed } = row
  if (output.isJson) {
    output.json({
      message_type: "statistics",
      source_snapshot: row.from,
      target_snapshot: row.to,
      changed_files: changedFiles,
      added: sideJson(added),
      removed: sideJson(removed)
    })
    return
  }
  output.note(`${Amount.files(changedFiles)} changed`)
  output.note(`added    ${sideText(added)}`)
  output.note(`removed  ${sideText(removed)}`)
}

export const run = (flags: DiffFlags) =>
  command(
    Effect.fnUntraced(function* (output) {
      const { access, passwords } = yield* accessOf(flags)
      const request = { ...access, from: flags.from, to: flags.to, metadata: flags.metadata }
      const take = (rows: ReadonlyArray<Row>) => Effect.sync(() => rows.forEach((row) => void print(output, row)))
      yield* RepositoryJob.query(output, kind, request, take, { passwords, hasNoLock: true })
    })
  )
