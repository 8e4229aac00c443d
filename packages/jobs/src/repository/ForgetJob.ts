/** `forget`: removes snapshots, by name or by rule, and prunes when asked to. */
import * as Forget from "@ourclone/backup/care/Forget"
import * as ForgetPolicy from "@ourclone/backup/care/ForgetPolicy"
import { notRemoved } from "@ourclone/backup/repository/RemovalFailure"
import type { Repository } from "@ourclone/backup/repository/Repository"
import * as SnapshotGroups from "@ourclone/backup/repository/SnapshotGroups"
import * as Snapshots from "@ourclone/backup/repository/Snapshots"
import type { Tell } from "@ourclone/core/events/Tell"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { InvalidJob } from "../kind/JobError.ts"
import type { Beside, JobKind } from "../kind/JobKind.ts"
import { flag, text } from "../kind/RequestFields.ts"
import { pruning } from "./CareFields.ts"
import { access, count, locking, snapshotChoice } from "./Fields.ts"
import { keeping } from "./KeepFields.ts"
import { policyOf } from "./KeepRules.ts"
import * as OpenedRepository from "./OpenedRepository.ts"
import * as Patterns from "./Patterns.ts"
import * as PruneRun from "./PruneRun.ts"
import * as SnapshotRow from "./SnapshotRow.ts"

export const Request = Schema.Struct({
  ...access,
  ...locking,
  ...snapshotChoice,
  ...keeping,
  groupBy: text("The rules hold for each group that has the same of these: host, paths, tags; host,paths when absent"),
  allowRemoveAll: flag("Remove also the last snapshot of a group"),
  prune: flag("Free the space of what was removed"),
  ...pruning
})
export type Request = typeof Request.Type

const Group = Schema.Struct({
  key: Schema.Struct({
    hostname: Schema.String,
    paths: Schema.NullOr(Schema.Array(Schema.String)),
    tags: Schema.NullOr(Schema.Array(Schema.String))
  }),
  keep: Schema.Array(SnapshotRow.SnapshotRow),
  remove: Schema.Array(SnapshotRow.SnapshotRow),
  /** Which rules want what is kept, in restic's words: `daily snapshot`. */
  reasons: Schema.Array(Schema.Struct({ snapshot: SnapshotRow.SnapshotRow, matches: Schema.Array(Schema.String) }))
})

/** What the rules keep and remove, told before anything goes. */
export const Plan = Schema.Array(Group)
export type Plan = typeof Plan.Type

/** The step whose detail is a `Plan`. */
export const plannedStep = "forgetPlanned"

export const Summary = Schema.Struct({
  removed: count,
  /** Snapshots that are still there, as far as is known; each was told. */
  failed: count,
  /** Absent where nothing was pruned. */
  pruned: Schema.optionalKey(PruneRun.Summary)
})
export type Summary = typeof Summary.Type

const refuse = (request: Request): InvalidJob | undefined => {
  const { groupBy, ids = [] } = request
  const policy = policyOf(request)
  if (policy instanceof InvalidJob) return policy
  if (groupBy !== undefined && SnapshotGroups.parse(groupBy) === undefined) {
    const message = `"${groupBy}" must name some of host, paths and tags, with commas between`
    return new InvalidJob({ field: "groupBy", message })
  }
  const hasRules = !ForgetPolicy.isEmpty(policy)
  if (ids.length > 0 && hasRules) return new InvalidJob({ message: "name snapshots or say what to keep, not both" })
  if (ids.length > 0 || hasRules || request.allowRemoveAll === true) return undefined
  return new InvalidJob({ message: "name snapshots, or say what to keep" })
}

const planOf = ({ groups }: Forget.ForgetPlan): Plan =>
  groups.map(({ keep, key, reasons, remove }) => ({
    key,
    keep: keep.map(SnapshotRow.of),
    remove: remove.map(SnapshotRow.of),
    reasons: reasons.map(({ matches, snapshot }) => ({ snapshot: SnapshotRow.of(snapshot), matches }))
  }))

const detailOf = Schema.encodeSync(Schema.toCodecJson(Plan))

/** Ids of what the rules do not keep. */
const byRules = Effect.fnUntraced(function* (repository: Repository, request: Request, tell: Tell) {
  const policy = policyOf(request)
  if (policy instanceof InvalidJob) return yield* policy
  const plan = yield* Forget.plan(repository, {
    policy,
    filter: Patterns.filterOf(request),
    grouping: SnapshotGroups.parse(request.groupBy ?? "host,paths") ?? SnapshotGroups.defaultGrouping,
    allowRemoveAll: request.allowRemoveAll === true
  })
  for (const { id, message } of plan.unreadable) {
    tell.fact({ _tag: "Note", code: "unreadableSnapshot", item: id, message })
  }
  tell.fact({ _tag: "Step", name: plannedStep, detail: detailOf(planOf(plan)) })
  return plan.groups.flatMap(({ remove }) => remove.map(({ id }) => id))
})

const byName = Effect.fnUntraced(function* (repository: Repository, request: Request, ids: ReadonlyArray<string>) {
  const filter = Patterns.filterOf(request)
  return [...new Set(yield* Effect.forEach(ids, (id) => Snapshots.findId(repository, id, filter)))]
})

const begin = (isPreview: boolean) =>
  Effect.fnUntraced(function* (request: Request, beside: Beside) {
    const { tell } = beside
    const repository = yield* OpenedRepository.open(request, beside)
    const { ids: named = [] } = request
    const choosing = named.length > 0 ? byName(repository, request, named) : byRules(repository, request, tell)
    if (isPreview) {
      const ids = yield* choosing
      for (const id of ids) tell.fact({ _tag: "Would", deed: "removed", item: id })
      return { removed: ids.length, failed: 0 }
    }
    const working = Effect.gen(function* () {
      const { failed, removed } = yield* Forget.remove(repository, yield* choosing)
      for (const id of removed) tell.fact({ _tag: "Done", deed: "removed", item: id })
      for (const { error, id } of failed) tell.fact(notRemoved(id, error))
      const counts = { removed: removed.length, failed: failed.length }
      if (request.prune !== true || removed.length === 0) return counts
      // Whoever forgot the last snapshot on purpose was asked already.
      const options = { isPreview: false, allowRemoveAll: true }
      return { ...counts, pruned: yield* PruneRun.run(repository, request, options, tell) }
    })
    return yield* OpenedRepository.locked(repository, request, "exclusive", tell, working)
  })

export const kind: JobKind<"forget", Request, Summary> = {
  type: "forget",
  request: Request,
  summary: Summary,
  needs: OpenedRepository.needs,
  refuse,
  preview: begin(true),
  run: begin(false)
}
