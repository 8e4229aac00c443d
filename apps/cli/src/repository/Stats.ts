/** `repo stats`: what snapshots hold, or what it takes to hold them. */
import * as StatsRun from "@ourclone/backup/look/Stats"
import { readerOf } from "@ourclone/jobs/repository/LoadedRepository"
import * as Effect from "effect/Effect"
import * as Amount from "../Amount.ts"
import type { ReadingInput, SnapshotFilterInput } from "../RepositoryFlags.ts"
import { locked, open } from "./OpenedRepository.ts"
import { command } from "./RepositoryCommand.ts"
import { select } from "./SnapshotSelection.ts"

export interface StatsFlags extends ReadingInput, SnapshotFilterInput {
  readonly mode: StatsRun.StatsMode
  readonly ids: ReadonlyArray<string>
}

const toJson = ({ compression, ...stats }: StatsRun.Stats) => ({
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

const toLines = ({ compression, ...stats }: StatsRun.Stats, mode: string): ReadonlyArray<string> =>
  [
    `snapshots   ${Amount.count(stats.snapshotsCount)}, counted as ${mode}`,
    stats.totalFileCount > 0 ? `files       ${Amount.count(stats.totalFileCount)}` : undefined,
    stats.totalBlobCount > 0 ? `blobs       ${Amount.count(stats.totalBlobCount)}` : undefined,
    `size        ${Amount.bytes(stats.totalSize)} (${Amount.count(stats.totalSize)} bytes)`,
    compression === undefined
      ? undefined
      : `compressed  from ${Amount.bytes(compression.totalUncompressedSize)}, ${compression.compressionSpaceSaving.toFixed(1)} % saved`
  ].filter((line) => line !== undefined)

export const run = (flags: StatsFlags) =>
  command(
    Effect.fnUntraced(function* (output) {
      const repository = yield* open(output, flags)
      const counting = Effect.gen(function* () {
        const snapshots = yield* select(output, repository, flags.ids, flags)
        return yield* StatsRun.of(repository, yield* readerOf(repository), snapshots, flags.mode)
      })
      const stats = yield* locked(output, repository, flags, "shared", counting)
      if (output.isJson) output.json(toJson(stats))
      else for (const line of toLines(stats, flags.mode)) output.line(line)
    })
  )
