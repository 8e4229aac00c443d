/** `restore`: from flags to a request, and the words for what became of it. */
import { resolve } from "node:path"
import * as Cost from "@ourclone/core/engine/Cost"
import { kind, type Request } from "@ourclone/jobs/repository/RestoreJob"
import * as Effect from "effect/Effect"
import { type CommandStopped, usage } from "../ExitCode.ts"
import { given } from "../Given.ts"
import type { ReadingInput, SnapshotFilterInput } from "../RepositoryFlags.ts"
import * as ByteProgress from "./ByteProgress.ts"
import { type ExcludeFlagsInput, excludesOf, type IncludeFlagsInput, includesOf } from "./PathFlags.ts"
import { command, someFailed } from "./RepositoryCommand.ts"
import * as RepositoryJob from "./RepositoryJob.ts"
import { accessOf, filterOf } from "./RepositoryRequest.ts"
import * as RestoreReport from "./RestoreReport.ts"

export interface RestoreFlags extends ReadingInput, SnapshotFilterInput, ExcludeFlagsInput, IncludeFlagsInput {
  readonly snapshot: string
  readonly target: string | undefined
  readonly overwrite: Request["overwrite"]
  readonly delete: boolean
  readonly verify: boolean
  readonly sparse: boolean
  readonly special: boolean
  readonly includeXattr: ReadonlyArray<string>
  readonly excludeXattr: ReadonlyArray<string>
  readonly ownershipByName: boolean
  readonly noSpecial: boolean
  readonly maxCost: number | undefined
  readonly dryRun: boolean
}

/** What a job refuses too, in the words of flags. */
const refuseFlags = (
  target: string,
  { exclude, iexclude, iinclude, include }: Required<Pick<Request, "include" | "iinclude" | "exclude" | "iexclude">>,
  deletes: boolean
): Effect.Effect<void, CommandStopped> => {
  const includes = include.length + iinclude.length
  if (includes > 0 && exclude.length + iexclude.length > 0) return usage("choose one of --include and --exclude")
  if (!deletes || target !== "/" || includes > 0) return Effect.void
  return usage(
    "--delete with the target / would remove what is not in the snapshot from the whole machine; say --include, too"
  )
}

export const run = (flags: RestoreFlags) =>
  command(
    Effect.fnUntraced(function* (output) {
      if (flags.target === undefined || flags.target === "")
        return yield* usage("say with --target where to restore to")
      if (flags.special && flags.noSpecial) return yield* usage("choose one of --special and --no-special")
      const target = resolve(flags.target)
      const patterns = { ...(yield* excludesOf(flags)), ...(yield* includesOf(flags)) }
      yield* refuseFlags(target, patterns, flags.delete)
      const { access, passwords } = yield* accessOf(flags)
      const request: Request = {
        ...access,
        ...filterOf(flags),
        ...patterns,
        snapshot: flags.snapshot,
        target,
        ...given({ overwrite: flags.overwrite, maxCost: flags.maxCost }),
        delete: flags.delete,
        verify: flags.verify,
        sparse: flags.sparse,
        includeXattr: flags.includeXattr,
        excludeXattr: flags.excludeXattr,
        ownershipByName: flags.ownershipByName,
        ...(flags.special || flags.noSpecial ? { special: flags.special } : {}),
        items: output.isVerbose || flags.dryRun
      }
      const { counts, onEvent, status } = RestoreReport.make(output, flags.dryRun)
      const view = { onEvent, show: ByteProgress.show(output, counts, status) }
      const options = { passwords, isPreview: flags.dryRun, hasNoLock: true }
      const summary = yield* RepositoryJob.run(output, kind, request, view, options)
      if (output.isJson) output.json(RestoreReport.summaryJson(summary))
      else output.note(RestoreReport.summaryText(summary, target))
      if (summary.cost !== undefined && !output.isJson) output.note(`it ${Cost.words(summary.cost)}`)
      if (summary.failures > 0) return yield* someFailed
    })
  )
