/** What a prune tells while it runs and at its end, as `prune` and `forget --prune` say it. */

import * as Amount from "@ourclone/core/events/Amount"
import type { RunEvent } from "@ourclone/core/events/RunEvent"
import { Plan, plannedStep, type Summary } from "@ourclone/jobs/repository/PruneRun"
import * as Schema from "effect/Schema"
import type { Output } from "../Output.ts"
import { told } from "../words/remedies.ts"
import type { Steps } from "./Steps.ts"

const amount = ({ blobs, bytes }: { readonly blobs: number; readonly bytes: number }): string =>
  `${Amount.bytes(bytes).padStart(10)}  in ${Amount.counted(blobs, "blob")}`

const planLines = ({ download, later, packs, remaining, unindexed, ...figures }: Plan): Array<string> =>
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

/** restic's one message of a prune, and what it has no word for behind that. */
const planJson = (plan: Plan) => {
  const { duplicate, packs, removed, repack, repackRemoved, unindexed, unused, used } = plan
  const blobs = used.blobs + duplicate.blobs + unused.blobs
  const bytes = used.bytes + duplicate.bytes + unused.bytes + unindexed.bytes
  const gone = {
    blobs: removed.blobs + repackRemoved.blobs,
    bytes: removed.bytes + repackRemoved.bytes + unindexed.bytes
  }
  return {
    message_type: "summary",
    blobs: {
      used: used.blobs,
      duplicate: duplicate.blobs,
      unused: unused.blobs,
      total: blobs,
      repack: repack.blobs,
      repack_remove: repackRemoved.blobs,
      remove: removed.blobs,
      remove_total: gone.blobs,
      remaining: blobs - gone.blobs
    },
    bytes: {
      used: used.bytes,
      duplicate: duplicate.bytes,
      unused: unused.bytes,
      unreferenced: unindexed.bytes,
      uncompressed: plan.uncompressed,
      total: bytes,
      repack: repack.bytes,
      repack_remove: repackRemoved.bytes,
      remove: removed.bytes,
      remove_total: gone.bytes,
      remaining: bytes - gone.bytes,
      remaining_unused: plan.unusedAfter,
      download: plan.download,
      later: plan.later.download
    },
    packfiles: {
      used: packs.used,
      unused: packs.unused,
      partly_used: packs.partlyUsed,
      unreferenced: unindexed.packs,
      total: packs.used + packs.unused + packs.partlyUsed + unindexed.packs,
      keep: packs.keep,
      repack: packs.repack,
      remove: packs.remove,
      remove_total: packs.remove + unindexed.packs,
      missing: packs.missing,
      too_young: packs.tooYoung,
      too_full: packs.tooFull
    }
  }
}

const summaryText = (summary: Summary): string =>
  `removed ${Amount.counted(summary.removedPacks, "pack")} (${Amount.bytes(summary.removedBytes)}), wrote ${Amount.count(summary.newPacks)} (${Amount.bytes(summary.newBytes)}), fetched ${Amount.bytes(summary.downloaded)}`

const stepNames: { readonly [step: string]: string } = {
  findUsed: "looking for what is needed",
  removeUnindexed: "removing files that no index names",
  repack: "packing anew",
  writeIndex: "writing the index",
  removeOld: "removing old packs"
}

const decodePlan = Schema.decodeUnknownSync(Plan)

const tellPlan = (output: Output, plan: Plan): void => {
  if (output.isJson) output.json(planJson(plan))
  else if (!output.isQuiet) for (const line of planLines(plan)) output.line(line)
  output.hand()
}

/** Hears the events of a prune. */
export const teller =
  (output: Output, steps: Steps) =>
  (event: RunEvent): void => {
    if (event._tag === "Progress") steps.done(event.files)
    else if (event._tag === "Failed") output.problem(`${event.failure.item} was left behind: ${told(event.failure)}`)
    else if (event._tag !== "Step") return
    else if (event.name === plannedStep) tellPlan(output, decodePlan(event.detail))
    else steps.begin(stepNames[event.name] ?? event.name, Number(event.values?.total))
  }

export const tellSummary = (output: Output, summary: Summary): void => {
  if (!output.isJson) {
    output.line(summaryText(summary))
    return
  }
  output.json({
    message_type: "pruned",
    packs_removed: summary.removedPacks,
    bytes_removed: summary.removedBytes,
    packs_written: summary.newPacks,
    bytes_written: summary.newBytes,
    bytes_downloaded: summary.downloaded,
    indexes_written: summary.newIndexes,
    indexes_removed: summary.removedIndexes,
    left: summary.left
  })
}
