/** `forget`: removes snapshots, by name or by rule, and prunes when asked to. */
import * as ForgetRun from "@ourclone/backup/care/Forget"
import * as ForgetPolicy from "@ourclone/backup/care/ForgetPolicy"
import type { Repository } from "@ourclone/backup/repository/Repository"
import * as Snapshots from "@ourclone/backup/repository/Snapshots"
import * as Effect from "effect/Effect"
import { usage } from "../ExitCode.ts"
import type { Output } from "../Output.ts"
import type { PruneFlagsInput, ReadingInput, SnapshotFilterInput } from "../RepositoryFlags.ts"
import { told } from "../words/remedies.ts"
import { type ForgetRulesInput, policyOf } from "./ForgetRules.ts"
import { locked, open } from "./OpenedRepository.ts"
import * as PruneRun from "./PruneRun.ts"
import { command, someFailed } from "./RepositoryCommand.ts"
import { filterOf, groupingOf } from "./SnapshotSelection.ts"
import * as SnapshotText from "./SnapshotText.ts"

export interface ForgetFlags extends ReadingInput, SnapshotFilterInput, PruneFlagsInput {
  readonly ids: ReadonlyArray<string>
  readonly groupBy: string
  readonly compact: boolean
  readonly allowRemoveAll: boolean
  readonly prune: boolean
  readonly dryRun: boolean
}

const count = (snapshots: number): string => (snapshots === 1 ? "1 snapshot" : `${snapshots} snapshots`)

const printGroup = (output: Output, group: ForgetRun.ForgetGroup, flags: ForgetFlags): void => {
  const { keep, key, reasons, remove } = group
  output.line(`snapshots of ${SnapshotText.groupTitle(key)}`)
  const why = new Map(reasons.map(({ matches, snapshot }) => [snapshot.id, matches]))
  if (keep.length > 0) {
    output.line(`keep ${count(keep.length)}:`)
    for (const line of SnapshotText.table(keep, { compact: flags.compact, reasons: why })) output.line(line)
  }
  if (remove.length > 0) {
    output.line(`${flags.dryRun ? "would remove" : "remove"} ${count(remove.length)}:`)
    for (const line of SnapshotText.table(remove, flags)) output.line(line)
  }
  output.line("")
}

/** Ids of what the rules do not keep, told in tables or as restic's array. */
const byRules = Effect.fnUntraced(function* (
  output: Output,
  repository: Repository,
  flags: ForgetFlags,
  policy: ForgetPolicy.ForgetPolicy
) {
  const plan = yield* ForgetRun.plan(repository, {
    policy,
    filter: filterOf(flags),
    grouping: yield* groupingOf(flags.groupBy),
    allowRemoveAll: flags.allowRemoveAll
  })
  for (const { id, message } of plan.unreadable)
    output.problem(`snapshot ${id} stays, for it can not be read: ${message}`)
  if (output.isJson) output.raw(`${JSON.stringify(plan.groups.map(ForgetRun.toJson))}\n`)
  else for (const group of plan.groups) printGroup(output, group, flags)
  return plan.groups.flatMap(({ remove }) => remove.map(({ id }) => id))
})

const byName = Effect.fnUntraced(function* (repository: Repository, flags: ForgetFlags) {
  const found = yield* Effect.forEach(flags.ids, (id) => Snapshots.findId(repository, id, filterOf(flags)))
  return [...new Set(found)]
})

export const run = (flags: ForgetFlags & ForgetRulesInput) =>
  command(
    Effect.fnUntraced(function* (output) {
      const policy = yield* policyOf(flags)
      const pruning = yield* PruneRun.optionsOf(flags)
      // Whoever forgot the last snapshot on purpose was asked already.
      const allowed = { dryRun: false, allowRemoveAll: true }
      yield* groupingOf(flags.groupBy)
      if (flags.noLock && !flags.dryRun) return yield* usage("--no-lock goes with --dry-run only; forget removes files")
      if (flags.ids.length > 0 && !ForgetPolicy.isEmpty(policy)) {
        return yield* usage("name snapshots or say what to keep, not both")
      }
      if (flags.ids.length === 0 && ForgetPolicy.isEmpty(policy) && !flags.allowRemoveAll) {
        return yield* usage("name snapshots, or say what to keep, such as --keep-daily 7")
      }
      const repository = yield* open(output, flags)
      const working = Effect.gen(function* () {
        const ids =
          flags.ids.length > 0 ? yield* byName(repository, flags) : yield* byRules(output, repository, flags, policy)
        if (flags.dryRun) {
          if (flags.ids.length > 0) for (const id of ids) output.line(`would remove snapshot ${id.slice(0, 8)}`)
          output.note("nothing was done: --dry-run")
          return 0
        }
        yield* output.flush
        const { failed, removed } = yield* ForgetRun.remove(repository, ids)
        for (const { error, id } of failed) output.problem(`error: snapshot ${id} could not be removed: ${told(error)}`)
        if (!output.isJson) output.note(`${count(removed.length)} removed`)
        if (flags.prune && removed.length > 0) yield* PruneRun.run(output, repository, pruning, allowed)
        else if (removed.length > 0 && !flags.prune) output.note("free the space with: ourclone repo prune")
        return failed.length
      })
      const failures = yield* locked(output, repository, flags, "exclusive", working)
      if (failures > 0) return yield* someFailed
    })
  )
