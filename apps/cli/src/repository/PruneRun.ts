/** Pruning as `prune` and `forget --prune` do it: flags to limits, the plan for people, and the run. */
import * as Prune from "@ourclone/backup/care/Prune"
import type { PruneEvent, PruneSummary } from "@ourclone/backup/care/PruneEvent"
import type { PruneFigures, PruneOptions } from "@ourclone/backup/care/PrunePlan"
import type { Repository } from "@ourclone/backup/repository/Repository"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Amount from "../Amount.ts"
import { CommandStopped, guardStopped, usage } from "../ExitCode.ts"
import type { Output } from "../Output.ts"
import type { PruneFlagsInput } from "../RepositoryFlags.ts"
import * as Steps from "./Steps.ts"
import * as Units from "./Units.ts"

const maxUnusedOf = (text: string): Effect.Effect<PruneOptions["maxUnused"], CommandStopped> => {
  if (text === "unlimited") return Effect.succeed("unlimited")
  const [, percent] = /^(\d+(?:\.\d+)?)%$/.exec(text) ?? []
  if (percent === undefined) return Effect.map(Units.size("max-unused", text), (bytes) => ({ bytes }))
  return Number(percent) < 100
    ? Effect.succeed({ percent: Number(percent) })
    : Effect.fail(usage(`--max-unused: "${text}" must be less than 100%`))
}

/** Of the flags. Fails where one makes no sense. */
export const optionsOf = Effect.fnUntraced(function* (flags: PruneFlagsInput) {
  const minFreePercent = Option.getOrUndefined(flags.minFreePercent)
  if (minFreePercent !== undefined && !(minFreePercent >= 0 && minFreePercent <= 100)) {
    return yield* usage(`--min-free-percent: ${minFreePercent} must be between 0 and 100`)
  }
  const options: PruneOptions = {
    maxUnused: yield* maxUnusedOf(flags.maxUnused),
    maxRepackSize: yield* Units.optional("max-repack-size", flags.maxRepackSize, Units.size),
    repackSmall: flags.repackSmall || undefined,
    repackSmallerThan: yield* Units.optional("repack-smaller-than", flags.repackSmallerThan, Units.size),
    repackUncompressed: flags.repackUncompressed,
    repackCacheableOnly: flags.repackCacheableOnly,
    maxDownload: yield* Units.optional("max-download", flags.maxDownload, Units.size),
    minFreePercent,
    minPackAge: yield* Units.optional("min-pack-age", flags.minPackAge, Units.duration)
  }
  return options
})

const amount = ({ blobs, bytes }: { readonly blobs: number; readonly bytes: number }): string =>
  `${Amount.bytes(bytes).padStart(10)}  in ${Amount.count(blobs)} ${blobs === 1 ? "blob" : "blobs"}`

const planLines = ({ download, later, packs, remaining, unindexed, ...figures }: PruneFigures): Array<string> =>
  [
    `used        ${amount(figures.used)}`,
    `unused      ${amount(figures.unused)}`,
    figures.duplicate.blobs > 0 ? `duplicate   ${amount(figures.duplicate)}` : undefined,
    unindexed.packs > 0
      ? `unindexed   ${Amount.bytes(unindexed.bytes).padStart(10)}  in ${Amount.files(unindexed.packs)}`
      : undefined,
    `to remove   ${amount(figures.removed)}, in ${Amount.files(packs.remove)}`,
    `to pack anew${amount(figures.repack)}, in ${Amount.files(packs.repack)}; fetches ${Amount.bytes(download)}`,
    `remaining   ${amount(remaining)}, ${Amount.bytes(figures.unusedAfter)} of it unused`,
    later.packs > 0
      ? `left for another run: ${Amount.files(later.packs)} with ${Amount.bytes(later.unused)} unused`
      : undefined
  ].filter((line) => line !== undefined)

const planJson = ({ packs, ...figures }: PruneFigures) => ({
  message_type: "plan",
  bytes: {
    used: figures.used.bytes,
    unused: figures.unused.bytes,
    duplicate: figures.duplicate.bytes,
    unindexed: figures.unindexed.bytes,
    repack: figures.repack.bytes,
    removed: figures.removed.bytes,
    remaining: figures.remaining.bytes,
    unused_after: figures.unusedAfter,
    download: figures.download,
    later: figures.later.download
  },
  packfiles: packs
})

const summaryText = (summary: PruneSummary): string =>
  `removed ${Amount.count(summary.removedPacks)} packs (${Amount.bytes(summary.removedBytes)}), wrote ${Amount.count(summary.newPacks)} (${Amount.bytes(summary.newBytes)}), fetched ${Amount.bytes(summary.downloaded)}`

const stepNames = {
  "find used": "looking for what is needed",
  "remove unindexed": "removing files that no index names",
  repack: "packing anew",
  "write index": "writing the index",
  "remove old": "removing old packs"
}

/** Where no snapshot is left, everything counts as unused: that may be meant, or a repository half lost. */
const removesAll = ({ removed, unindexed, used }: PruneFigures): boolean =>
  used.blobs === 0 && removed.blobs + unindexed.packs > 0

const refusal = (repository: Repository, figures: PruneFigures) =>
  new CommandStopped({
    code: guardStopped,
    message: `${repository.name}: no snapshot is there, so prune would remove all ${Amount.bytes(figures.removed.bytes + figures.unindexed.bytes)}; nothing was removed. If snapshots were lost, put them back first; if this is meant, say --unsafe-allow-remove-all`
  })

export interface RunOptions {
  readonly dryRun: boolean
  readonly allowRemoveAll: boolean
}

/** Plans, tells, and does it unless it is a dry run. The caller holds the exclusive lock. */
export const run = Effect.fnUntraced(function* (
  output: Output,
  repository: Repository,
  options: PruneOptions,
  { allowRemoveAll, dryRun }: RunOptions
) {
  const steps = yield* Steps.show(output)
  const report = (event: PruneEvent): void => {
    if (event._tag === "Step") steps.begin(stepNames[event.step], event.total)
    else if (event._tag === "Done") steps.done(event.count)
    else if (event._tag === "Left") output.problem(`${event.file} was left behind: ${event.message}`)
  }
  const prepared = yield* Prune.prepare(repository, options, report)
  if (output.isJson) output.json(planJson(prepared.plan.figures))
  else if (!output.isQuiet) for (const line of planLines(prepared.plan.figures)) output.line(line)
  yield* output.flush
  if (!dryRun && !allowRemoveAll && removesAll(prepared.plan.figures)) {
    return yield* refusal(repository, prepared.plan.figures)
  }
  if (dryRun) {
    if (!output.isJson) output.note("nothing was done: --dry-run")
    return
  }
  const summary = yield* Prune.execute(repository, prepared, options, report)
  if (!output.isJson) return output.line(summaryText(summary))
  output.json({
    message_type: "summary",
    packs_removed: summary.removedPacks,
    bytes_removed: summary.removedBytes,
    packs_written: summary.newPacks,
    bytes_written: summary.newBytes,
    bytes_downloaded: summary.downloaded,
    indexes_written: summary.newIndexes,
    indexes_removed: summary.removedIndexes,
    left: summary.left
  })
}, Effect.scoped)
