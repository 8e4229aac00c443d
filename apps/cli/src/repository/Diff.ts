/** `snapshot diff`: what is different between two snapshots, or folders in them. */
import * as DiffRun from "@ourclone/backup/look/Diff"
import type { Repository } from "@ourclone/backup/repository/Repository"
import * as Snapshots from "@ourclone/backup/repository/Snapshots"
import { readerOf } from "@ourclone/jobs/repository/LoadedRepository"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import * as Amount from "../Amount.ts"
import type { Output } from "../Output.ts"
import { printable } from "../PrintableText.ts"
import type { ReadingInput } from "../RepositoryFlags.ts"
import { locked, open } from "./OpenedRepository.ts"
import { command } from "./RepositoryCommand.ts"
import { folderTree } from "./SnapshotFolder.ts"

export interface DiffFlags extends ReadingInput {
  readonly metadata: boolean
  readonly from: string
  readonly to: string
}

const sideJson = (side: DiffRun.SideStatistics) => ({
  files: side.files,
  dirs: side.dirs,
  others: side.others,
  data_blobs: side.dataBlobs,
  tree_blobs: side.treeBlobs,
  bytes: side.bytes
})

const sideText = (side: DiffRun.SideStatistics): string =>
  `${Amount.files(side.files)}, ${Amount.count(side.dirs)} folders, ${Amount.count(side.others)} others; ${Amount.bytes(side.bytes)} in ${Amount.count(side.dataBlobs + side.treeBlobs)} blobs`

const sideOf = Effect.fnUntraced(function* (repository: Repository, text: string) {
  const { id, subfolder } = Snapshots.parse(text)
  return { snapshot: yield* Snapshots.find(repository, id), subfolder }
})

const print = (output: Output, event: DiffRun.DiffEvent, ids: { readonly from: string; readonly to: string }): void => {
  if (event._tag === "Change") {
    const path = event.path.toString()
    if (output.isJson) output.json({ message_type: "change", path, modifier: event.modifier })
    else output.line(`${event.modifier.padEnd(2)} ${printable(path)}`)
    return
  }
  const { added, changedFiles, removed } = event
  if (output.isJson) {
    output.json({
      message_type: "statistics",
      source_snapshot: ids.from,
      target_snapshot: ids.to,
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
      const repository = yield* open(output, flags)
      const comparing = Effect.gen(function* () {
        const from = yield* sideOf(repository, flags.from)
        const to = yield* sideOf(repository, flags.to)
        const reader = yield* readerOf(repository)
        const left = yield* folderTree(repository, reader, from.snapshot, from.subfolder)
        const right = yield* folderTree(repository, reader, to.snapshot, to.subfolder)
        const ids = { from: from.snapshot.id, to: to.snapshot.id }
        yield* Stream.runForEach(DiffRun.compare(reader, left, right, flags), (event) =>
          Effect.sync(() => print(output, event, ids))
        )
      })
      yield* locked(output, repository, flags, "shared", comparing)
    })
  )
