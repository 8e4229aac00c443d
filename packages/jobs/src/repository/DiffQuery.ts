/** `snapshot diff`: what is different between two snapshots, or folders in them. */
import * as Diff from "@ourclone/backup/look/Diff"
import * as NodeNames from "@ourclone/backup/look/NodeNames"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import type { QueryKind } from "../kind/JobKind.ts"
import { reading } from "./Fields.ts"
import * as LoadedRepository from "./LoadedRepository.ts"
import * as LockedQuery from "./LockedQuery.ts"
import { differing } from "./LookFields.ts"
import * as OpenedRepository from "./OpenedRepository.ts"
import * as SelectedSnapshots from "./SelectedSnapshots.ts"

const side = Schema.String.annotate({ description: "A snapshot, or id:folder" })

export const Request = Schema.Struct({
  ...reading,
  from: side,
  to: side,
  ...differing
})
export type Request = typeof Request.Type

/** Of what only one of the two has. */
export const Side = Schema.Struct({
  files: Schema.Int,
  dirs: Schema.Int,
  others: Schema.Int,
  dataBlobs: Schema.Int,
  treeBlobs: Schema.Int,
  /** Of these blobs before compression. */
  bytes: Schema.Int
})
export type Side = typeof Side.Type

/** Changes in the order of paths, then the statistics. See `Diff.Change` for the modifiers. */
export const Row = Schema.TaggedUnion({
  Change: { path: Schema.String, modifier: Schema.String },
  Statistics: { from: Schema.String, to: Schema.String, changedFiles: Schema.Int, added: Side, removed: Side }
})
export type Row = typeof Row.Type

export const kind: QueryKind<"diff", Request, Row> = {
  type: "diff",
  request: Request,
  row: Row,
  needs: OpenedRepository.needs,
  run: (request, beside) =>
    LockedQuery.stream(
      request,
      beside,
      Effect.fnUntraced(function* (repository) {
        const from = yield* SelectedSnapshots.one(repository, request.from)
        const to = yield* SelectedSnapshots.one(repository, request.to)
        const reader = yield* LoadedRepository.readerOf(repository)
        const left = yield* SelectedSnapshots.folderTree(repository, reader, from.snapshot, from.subfolder)
        const right = yield* SelectedSnapshots.folderTree(repository, reader, to.snapshot, to.subfolder)
        const differences = Diff.compare(reader, left, right, { metadata: request.metadata === true })
        return Stream.map(
          differences,
          (event): Row =>
            event._tag === "Change"
              ? { ...event, path: NodeNames.textOf(event.path) }
              : { ...event, from: from.snapshot.id, to: to.snapshot.id }
        )
      })
    )
}
