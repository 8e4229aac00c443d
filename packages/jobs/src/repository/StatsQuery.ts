/** `stats`: what snapshots hold, or what it takes to hold them, in one row. */
import * as Stats from "@ourclone/backup/look/Stats"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import type { QueryKind } from "../kind/JobKind.ts"
import { reading, snapshotChoice } from "./Fields.ts"
import * as LoadedRepository from "./LoadedRepository.ts"
import * as LockedQuery from "./LockedQuery.ts"
import { counting } from "./LookFields.ts"
import * as OpenedRepository from "./OpenedRepository.ts"
import * as SelectedSnapshots from "./SelectedSnapshots.ts"

export const Request = Schema.Struct({
  ...reading,
  ...snapshotChoice,
  ...counting
})
export type Request = typeof Request.Type

export const Row = Schema.Struct({
  snapshotsCount: Schema.Int,
  totalSize: Schema.Int,
  totalFileCount: Schema.Int,
  totalBlobCount: Schema.Int,
  /** Of stored blobs, in repositories that know compression. Ratios, and percent. */
  compression: Schema.optionalKey(
    Schema.Struct({
      totalUncompressedSize: Schema.Int,
      compressionRatio: Schema.Finite,
      compressionProgress: Schema.Finite,
      compressionSpaceSaving: Schema.Finite
    })
  )
})
export type Row = typeof Row.Type

export const kind: QueryKind<"stats", Request, Row> = {
  type: "stats",
  request: Request,
  row: Row,
  needs: OpenedRepository.needs,
  run: (request, beside) =>
    LockedQuery.stream(
      request,
      beside,
      Effect.fnUntraced(function* (repository) {
        const snapshots = yield* SelectedSnapshots.select(repository, request, beside.tell)
        const reader = yield* LoadedRepository.readerOf(repository)
        const counted = yield* Stats.of(repository, reader, snapshots, request.mode ?? "restore-size")
        const { compression, ...row } = counted
        return Stream.succeed<Row>(compression === undefined ? row : { ...row, compression })
      })
    )
}
