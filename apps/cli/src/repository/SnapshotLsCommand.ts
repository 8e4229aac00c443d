/** `snapshot ls`: what is in a snapshot. */
import { toJson } from "@ourclone/backup/format/Snapshot"
import type { Sort } from "@ourclone/jobs/repository/LookFields"
import { kind, type Row } from "@ourclone/jobs/repository/SnapshotLsQuery"
import * as Effect from "effect/Effect"
import { usage } from "../ExitCode.ts"
import { given } from "../Given.ts"
import type { Output } from "../Output.ts"
import type { ReadingInput, SnapshotFilterInput } from "../RepositoryFlags.ts"
import * as NcduText from "./NcduText.ts"
import * as NodeJson from "./NodeJson.ts"
import * as NodeLine from "./NodeLine.ts"
import { command } from "./RepositoryCommand.ts"
import * as RepositoryJob from "./RepositoryJob.ts"
import { accessOf, filterOf } from "./RepositoryRequest.ts"
import * as SnapshotText from "./SnapshotText.ts"

export interface SnapshotLsFlags extends ReadingInput, SnapshotFilterInput {
  readonly long: boolean
  readonly humanReadable: boolean
  readonly sort: Sort | undefined
  readonly reverse: boolean
  readonly recursive: boolean
  /** `--ncdu` */
  readonly outline: boolean
  readonly snapshot: string
  readonly folders: ReadonlyArray<string>
}

const ncduPrinter = (output: Output) => {
  const text = NcduText.make()
  return {
    row: (row: Row): void => output.raw(row._tag === "Node" ? text.node(row.node) : text.begin(row.snapshot)),
    end: (): void => output.raw(text.end())
  }
}

const print = (output: Output, row: Row, line: NodeLine.LineOptions): void => {
  if (row._tag === "Node") {
    if (output.isJson) output.json(NodeJson.ofListed(row.node))
    else output.line(NodeLine.of(row.node, line))
  } else if (output.isJson) output.json({ ...toJson(row.snapshot), message_type: "snapshot", struct_type: "snapshot" })
  else output.note(`snapshot ${SnapshotText.title(row.snapshot)}`)
}

export const run = (flags: SnapshotLsFlags) =>
  command(
    Effect.fnUntraced(function* (output) {
      if (flags.outline && output.isJson) return yield* usage("choose one of --ncdu and --json")
      const { access, passwords } = yield* accessOf(flags)
      const { folders, outline, recursive, reverse, snapshot, sort } = flags
      const request = {
        ...access,
        ...filterOf(flags),
        snapshot,
        folders,
        recursive,
        reverse,
        ...given({ sort }),
        outline
      }
      const ncdu = outline ? ncduPrinter(output) : undefined
      const take = (rows: ReadonlyArray<Row>) =>
        Effect.suspend(() => {
          for (const row of rows) {
            if (ncdu === undefined) print(output, row, flags)
            else ncdu.row(row)
          }
          return output.flush
        })
      yield* RepositoryJob.query(output, kind, request, take, { passwords, hasNoLock: true })
      ncdu?.end()
    })
  )
