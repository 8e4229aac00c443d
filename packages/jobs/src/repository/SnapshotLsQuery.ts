/** `snapshot ls`: what is in a snapshot. */
import * as SnapshotListing from "@ourclone/backup/look/SnapshotListing"
import * as SnapshotOutline from "@ourclone/backup/look/SnapshotOutline"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { InvalidJob } from "../kind/JobError.ts"
import type { QueryKind } from "../kind/JobKind.ts"
import { texts } from "../kind/RequestFields.ts"
import { reading, snapshotFilter } from "./Fields.ts"
import * as LoadedRepository from "./LoadedRepository.ts"
import * as LockedQuery from "./LockedQuery.ts"
import { outlining, sorting, walking } from "./LookFields.ts"
import * as NodeOrder from "./NodeOrder.ts"
import * as NodeRow from "./NodeRow.ts"
import * as OpenedRepository from "./OpenedRepository.ts"
import * as SelectedSnapshots from "./SelectedSnapshots.ts"
import * as SnapshotRow from "./SnapshotRow.ts"

export const Request = Schema.Struct({
  ...reading,
  ...snapshotFilter,
  snapshot: Schema.String.annotate({ description: "An id or its beginning, latest, or one of these with :folder" }),
  folders: texts("What to list of it: folders, or files; all of it when absent"),
  ...walking,
  ...sorting,
  ...outlining
})
export type Request = typeof Request.Type

/** The snapshot first, then what is in it. */
export const Row = Schema.TaggedUnion({
  Snapshot: { snapshot: SnapshotRow.SnapshotRow },
  Node: { node: NodeRow.NodeRow }
})
export type Row = typeof Row.Type

export const kind: QueryKind<"snapshotLs", Request, Row> = {
  type: "snapshotLs",
  request: Request,
  row: Row,
  needs: OpenedRepository.needs,
  refuse: ({ outline, reverse, sort }) =>
    outline === true && (sort !== undefined || reverse === true)
      ? new InvalidJob({ field: "outline", message: "one tree has no other order than that of its folders" })
      : undefined,
  run: (request, beside) =>
    LockedQuery.stream(
      request,
      beside,
      Effect.fnUntraced(function* (repository) {
        const { snapshot, subfolder } = yield* SelectedSnapshots.one(repository, request.snapshot, request)
        const reader = yield* LoadedRepository.readerOf(repository)
        const { folders = [] } = request
        const inside = (folder: string): string => (subfolder === "" ? folder : `${subfolder}/${folder}`)
        const paths = folders.length === 0 ? [subfolder] : folders.map(inside)
        const recursive = request.recursive === true || folders.length === 0
        const first: Row = { _tag: "Snapshot", snapshot: SnapshotRow.of(snapshot) }
        const nodes =
          request.outline === true
            ? SnapshotOutline.list(repository, reader, { snapshot, top: subfolder, paths, recursive })
            : Stream.flatMap(Stream.fromIterable(paths), (path) =>
                SnapshotListing.list(repository, reader, { snapshot, path, recursive })
              )
        const rows = NodeOrder.sorted(Stream.map(nodes, NodeRow.of), request)
        return Stream.concat(
          Stream.succeed(first),
          Stream.map(rows, (node): Row => ({ _tag: "Node", node }))
        )
      })
    )
}
