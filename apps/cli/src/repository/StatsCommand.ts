/** `repo stats`: what snapshots hold, or what it takes to hold them. */

import * as Amount from "@ourclone/core/events/Amount"
import { kind, type Request, type Row } from "@ourclone/jobs/repository/StatsQuery"
import * as Effect from "effect/Effect"
import { given } from "../Given.ts"
import type { ReadingInput, SnapshotFilterInput } from "../RepositoryFlags.ts"
import { command } from "./RepositoryCommand.ts"
import * as RepositoryJob from "./RepositoryJob.ts"
import { accessOf, filterOf } from "./RepositoryRequest.ts"
import { tellUnreadable } from "./SnapshotFacts.ts"

export interface StatsFlags extends ReadingInput, SnapshotFilterInput {
  readonly mode: Request["mode"]
  readonly ids: ReadonlyArray<string>
}

const toJson = ({ compression, ...stats }: Row) => ({
  total_size: stats.totalSize,
  ...(compression === undefined
    ? {}
    : {
        total_uncompressed_size: compression.totalUncompressedSize,
        compression_ratio: compression.compressionRatio,
        compression_progress: compression.compressionProgress,
        compression_space_saving: compression.compressionSpaceSaving
      }),
  ...(stats.totalFileCount === 0 ? {} : { total_file_count: stats.totalFileCount }),
  ...(stats.totalBlobCount === 0 ? {} : { total_blob_count: stats.totalBlobCount }),
  snapshots_count: stats.snapshotsCount
})

const toLines = ({ compression, ...stats }: Row, mode: string): ReadonlyArray<string> =>
  [
    `snapshots   ${Amount.count(stats.snapshotsCount)}, counted as ${mode}`,
    stats.totalFileCount > 0 ? `files       ${Amount.count(stats.totalFileCount)}` : undefined,
    stats.totalBlobCount > 0 ? `blobs       ${Amount.count(stats.totalBlobCount)}` : undefined,
    `size        ${Amount.exactBytes(stats.totalSize)}`,
    compression === undefined
      ? undefined
      : `compressed  from ${Amount.bytes(compression.totalUncompressedSize)}, ${compression.compressionSpaceSaving.toFixed(1)} % saved`
  ].filter((line) => line !== undefined)

export const run = (flags: StatsFlags) =>
  command(
    Effect.fnUntraced(function* (output) {
      const { access, passwords } = yield* accessOf(flags)
      const { ids, mode } = flags
      const request = { ...access, ...filterOf(flags), ids, ...given({ mode }) }
      const rows = yield* RepositoryJob.rows(output, kind, request, {
        passwords,
        hasNoLock: true,
        onEvent: (event) => tellUnreadable(output, event)
      })
      for (const row of rows) {
        if (output.isJson) output.json(toJson(row))
        else for (const line of toLines(row, mode ?? "restore-size")) output.line(line)
      }
    })
  )
