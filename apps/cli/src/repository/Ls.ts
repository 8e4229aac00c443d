/** `snapshot ls`: what is in a snapshot. */

import { toJson } from "@ourclone/backup/format/Snapshot"
import * as NodeJson from "@ourclone/backup/look/NodeJson"
import * as List from "@ourclone/backup/look/SnapshotListing"
import type { WalkedNode } from "@ourclone/backup/repository/NodeWalk"
import * as Snapshots from "@ourclone/backup/repository/Snapshots"
import { readerOf } from "@ourclone/jobs/repository/LoadedRepository"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { ReadingInput, SnapshotFilterInput } from "../RepositoryFlags.ts"
import * as NodeText from "./NodeText.ts"
import { locked, open } from "./OpenedRepository.ts"
import { command } from "./RepositoryCommand.ts"
import { filterOf } from "./SnapshotSelection.ts"
import * as SnapshotText from "./SnapshotText.ts"

export interface LsFlags extends ReadingInput, SnapshotFilterInput {
  readonly long: boolean
  readonly recursive: boolean
  readonly snapshot: string
  readonly folders: ReadonlyArray<string>
}

export const run = (flags: LsFlags) =>
  command(
    Effect.fnUntraced(function* (output) {
      const repository = yield* open(output, flags)
      const { id, subfolder } = Snapshots.parse(flags.snapshot)
      const print = (found: WalkedNode): void => {
        if (output.isJson) output.json(NodeJson.ofListed(found))
        else output.line(NodeText.line(found.path, found.node, flags.long))
      }
      const listing = Effect.gen(function* () {
        const snapshot = yield* Snapshots.find(repository, id, filterOf(flags))
        const reader = yield* readerOf(repository)
        if (output.isJson) output.json({ ...toJson(snapshot), message_type: "snapshot", struct_type: "snapshot" })
        else output.note(`snapshot ${SnapshotText.title(snapshot)}`)
        const paths =
          flags.folders.length === 0
            ? [subfolder]
            : flags.folders.map((folder) => (subfolder === "" ? folder : `${subfolder}/${folder}`))
        const recursive = flags.recursive || flags.folders.length === 0
        for (const path of paths) {
          const nodes = List.list(repository, reader, { snapshot, path, recursive })
          yield* Stream.runForEachArray(nodes, (found) =>
            Effect.suspend(() => {
              for (const node of found) print(node)
              return output.flush
            })
          )
        }
      })
      yield* locked(output, repository, flags, "shared", listing)
    })
  )
