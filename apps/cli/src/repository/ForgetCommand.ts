/** `forget`: removes snapshots, by name or by rule, and prunes when asked to. */

import * as Forget from "@ourclone/backup/care/Forget"
import * as PrintableText from "@ourclone/core/events/PrintableText"
import type { RunEvent } from "@ourclone/core/events/RunEvent"
import { kind, Plan, plannedStep, type Request } from "@ourclone/jobs/repository/ForgetJob"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { usage } from "../ExitCode.ts"
import { given } from "../Given.ts"
import type { Output } from "../Output.ts"
import type { PruneFlagsInput, ReadingInput, SnapshotFilterInput } from "../RepositoryFlags.ts"
import { told } from "../words/remedies.ts"
import { type ForgetRulesInput, rulesOf } from "./ForgetRules.ts"
import { limitsOf } from "./PruneFlags.ts"
import * as PruneReport from "./PruneReport.ts"
import { command, someFailed } from "./RepositoryCommand.ts"
import * as RepositoryJob from "./RepositoryJob.ts"
import { accessOf, filterOf } from "./RepositoryRequest.ts"
import { counted, shortId } from "./SnapshotFacts.ts"
import { groupingOf } from "./SnapshotFlags.ts"
import * as SnapshotText from "./SnapshotText.ts"
import * as Steps from "./Steps.ts"

export interface ForgetFlags extends ReadingInput, SnapshotFilterInput, PruneFlagsInput {
  readonly ids: ReadonlyArray<string>
  readonly groupBy: string | undefined
  readonly compact: boolean
  readonly allowRemoveAll: boolean
  readonly prune: boolean
  readonly dryRun: boolean
}

const printGroup = (output: Output, group: Plan[number], flags: ForgetFlags): void => {
  const { keep, key, reasons, remove } = group
  output.line(`snapshots of ${SnapshotText.groupTitle(key)}`)
  const why = new Map(reasons.map(({ matches, snapshot }) => [snapshot.id, matches]))
  if (keep.length > 0) {
    output.line(`keep ${counted(keep.length)}:`)
    for (const line of SnapshotText.table(keep, { compact: flags.compact, reasons: why })) output.line(line)
  }
  if (remove.length > 0) {
    output.line(`${flags.dryRun ? "would remove" : "remove"} ${counted(remove.length)}:`)
    for (const line of SnapshotText.table(remove, flags)) output.line(line)
  }
  output.line("")
}

const decodePlan = Schema.decodeUnknownSync(Schema.toCodecJson(Plan))

/** What the rules do, told in tables or as restic's array. */
const tellPlan = (output: Output, plan: Plan, flags: ForgetFlags): void => {
  if (output.isJson) output.raw(`${PrintableText.json(plan.map(Forget.toJson))}\n`)
  else for (const group of plan) printGroup(output, group, flags)
  output.hand()
}

const teller = (output: Output, flags: ForgetFlags, prune: (event: RunEvent) => void) => {
  let removed = 0
  /** Said once, when pruning begins or everything is over. */
  const sayRemoved = (): void => {
    if (!output.isJson && removed >= 0) output.note(`${counted(removed)} removed`)
    removed = -1
  }
  const onEvent = (event: RunEvent): void => {
    switch (event._tag) {
      case "Note":
        output.problem(`snapshot ${event.item} stays, for it can not be read: ${event.message}`)
        return
      case "Would":
        if (flags.ids.length > 0) output.line(`would remove snapshot ${shortId(event.item)}`)
        return
      case "Done":
        removed++
        return
      case "Failed": {
        const { item = "" } = event.failure
        if (item.includes("/")) {
          prune(event)
          return
        }
        output.problem(`error: snapshot ${item} could not be removed: ${told(event.failure)}`)
        return
      }
      case "Step":
        if (event.name === plannedStep) {
          tellPlan(output, decodePlan(event.detail), flags)
          return
        }
        sayRemoved()
        prune(event)
        return
      case "Progress":
        prune(event)
        return
    }
  }
  return { onEvent, sayRemoved }
}

const refuseFlags = (flags: ForgetFlags, rules: Partial<Request>) => {
  const hasRules = Object.keys(rules).length > 0
  if (flags.lock === false && !flags.dryRun) return usage("--no-lock goes with --dry-run only; forget removes files")
  if (flags.ids.length > 0 && hasRules) return usage("name snapshots or say what to keep, not both")
  if (flags.ids.length > 0 || hasRules || flags.allowRemoveAll) return Effect.void
  return usage("name snapshots, or say what to keep, such as --keep-daily 7")
}

export const run = (flags: ForgetFlags & ForgetRulesInput) =>
  command(
    Effect.fnUntraced(function* (output) {
      const rules = yield* rulesOf(flags)
      const limits = yield* limitsOf(flags)
      if (flags.groupBy !== undefined) yield* groupingOf(flags.groupBy)
      yield* refuseFlags(flags, rules)
      const { access, passwords } = yield* accessOf({ ...flags, lock: undefined })
      const { allowRemoveAll, groupBy, ids, prune } = flags
      const request = {
        ...access,
        ...filterOf(flags),
        ...rules,
        ...limits,
        ...given({ groupBy }),
        ids,
        allowRemoveAll,
        prune
      }
      const steps = Steps.make(output)
      const { onEvent, sayRemoved } = teller(output, flags, PruneReport.teller(output, steps))
      const view = { onEvent, show: steps.show }
      const summary = yield* RepositoryJob.run(output, kind, request, view, { passwords, isPreview: flags.dryRun })
      if (flags.dryRun) return output.note("nothing was done: --dry-run")
      sayRemoved()
      if (summary.pruned !== undefined) PruneReport.tellSummary(output, summary.pruned)
      else if (summary.removed > 0) output.note("free the space with: ourclone repo prune")
      if (summary.failed > 0) return yield* someFailed
    })
  )
