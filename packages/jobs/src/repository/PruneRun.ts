/** Pruning, as `prune` and `forget` do it: limits of a request, the plan as a step, the guard, the run. */
import * as Prune from "@ourclone/backup/care/Prune"
import type { PruneFigures, PruneOptions } from "@ourclone/backup/care/PrunePlan"
import type { Repository } from "@ourclone/backup/repository/Repository"
import { GuardStopped } from "@ourclone/core/engine/Guard"
import type { Tell } from "@ourclone/core/events/Tell"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { pruning } from "./CareFields.ts"
import { count } from "./Fields.ts"

const Limits = Schema.Struct(pruning)
export type Limits = typeof Limits.Type

const optionsOf = (request: Limits): PruneOptions => ({
  maxUnused: request.maxUnused,
  maxRepackSize: request.maxRepackBytes,
  repackSmall: request.repackSmall,
  repackSmallerThan: request.repackSmallerThanBytes,
  repackUncompressed: request.repackUncompressed,
  repackCacheableOnly: request.repackCacheableOnly,
  maxDownload: request.maxDownloadBytes,
  minFreePercent: request.minFreePercent,
  minPackAge: request.minPackAgeMillis
})

const Amount = Schema.Struct({ blobs: count, bytes: count })

/** What a prune is going to do; sizes are bytes. */
export const Plan = Schema.Struct({
  used: Amount,
  unused: Amount,
  duplicate: Amount,
  /** In packs that are written anew. */
  repack: Amount,
  /** Of these, what goes. */
  repackRemoved: Amount,
  /** In packs that are removed whole. */
  removed: Amount,
  /** In the packs of the index, afterwards. */
  remaining: Amount,
  unusedAfter: count,
  uncompressed: count,
  download: count,
  /** What would be packed anew too, but for the limits. */
  later: Schema.Struct({ packs: count, download: count, unused: count }),
  packs: Schema.Struct({
    used: count,
    partlyUsed: count,
    unused: count,
    keep: count,
    repack: count,
    remove: count,
    missing: count,
    tooYoung: count,
    tooFull: count
  }),
  unindexed: Schema.Struct({ packs: count, bytes: count, tooYoung: count })
})
export type Plan = typeof Plan.Type

/** The step whose detail is a `Plan`. */
export const plannedStep = "prunePlanned"

export const Summary = Schema.Struct({
  /** Packs that were written and removed, and their bytes. */
  newPacks: count,
  newBytes: count,
  removedPacks: count,
  removedBytes: count,
  /** Bytes read for packing anew. */
  downloaded: count,
  newIndexes: count,
  removedIndexes: count,
  /** Files that could not be removed; each was told. */
  left: count
})
export type Summary = typeof Summary.Type

export const nothing: Summary = {
  newPacks: 0,
  newBytes: 0,
  removedPacks: 0,
  removedBytes: 0,
  downloaded: 0,
  newIndexes: 0,
  removedIndexes: 0,
  left: 0
}

/** Where no snapshot is left, everything counts as unused: that may be meant, or a repository half lost. */
const removesAll = ({ removed, unindexed, used }: PruneFigures): boolean =>
  used.blobs === 0 && removed.blobs + unindexed.packs > 0

const refusal = (repository: Repository): GuardStopped =>
  new GuardStopped({
    guard: "remove all",
    message: `${repository.name}: no snapshot is there, so everything would be removed; nothing was. If snapshots were lost, put them back first`,
    remedy: { code: "allowPruningAll" }
  })

const detailOf = Schema.encodeSync(Plan)

export interface RunOptions {
  readonly isPreview: boolean
  /** Also where no snapshot is left. */
  readonly allowRemoveAll: boolean
}

/** Plans, tells the plan, and does it unless it is a preview. Unless it is one, the caller holds the exclusive lock. */
export const run = Effect.fnUntraced(function* (
  repository: Repository,
  request: Limits,
  { allowRemoveAll, isPreview }: RunOptions,
  tell: Tell
) {
  const options = optionsOf(request)
  const prepared = yield* Prune.prepare(repository, options, tell)
  const { figures } = prepared.plan
  tell.fact({ _tag: "Step", name: plannedStep, detail: detailOf(figures) })
  if (isPreview) return nothing
  if (!allowRemoveAll && removesAll(figures)) return yield* refusal(repository)
  return yield* Prune.execute(repository, prepared, options, tell)
})
