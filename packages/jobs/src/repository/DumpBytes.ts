/** `dump`: a file of a snapshot as bytes, or a folder as an archive. */
import * as Dump from "@ourclone/backup/look/Dump"
import * as NodeNames from "@ourclone/backup/look/NodeNames"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { BytesKind } from "../kind/JobKind.ts"
import { texts } from "../kind/RequestFields.ts"
import { reading, snapshotFilter } from "./Fields.ts"
import * as LoadedRepository from "./LoadedRepository.ts"
import * as LockedQuery from "./LockedQuery.ts"
import { packing } from "./LookFields.ts"
import * as OpenedRepository from "./OpenedRepository.ts"
import * as SelectedSnapshots from "./SelectedSnapshots.ts"

export const Request = Schema.Struct({
  ...reading,
  ...snapshotFilter,
  snapshot: Schema.String.annotate({ description: "A snapshot, or id:folder" }),
  file: Schema.String.annotate({ description: "What of it: a file, a folder, or / for all" }),
  only: texts("Of a folder: only what has these names in it; may be repeated"),
  ...packing
})
export type Request = typeof Request.Type

/** What an archive leaves out is told as `Skipped`. */
export const kind: BytesKind<"dump", Request> = {
  type: "dump",
  request: Request,
  needs: OpenedRepository.needs,
  run: (request, beside) =>
    LockedQuery.stream(
      request,
      beside,
      Effect.fnUntraced(function* (repository) {
        const { snapshot, subfolder } = yield* SelectedSnapshots.one(repository, request.snapshot, request)
        const reader = yield* LoadedRepository.readerOf(repository)
        return Dump.dump(repository, reader, {
          tree: yield* SelectedSnapshots.folderTree(repository, reader, snapshot, subfolder),
          path: request.file,
          only: request.only,
          format: request.archive,
          onSkipped: (path, because) => beside.tell.fact({ _tag: "Skipped", item: NodeNames.textOf(path), because })
        })
      })
    )
}
