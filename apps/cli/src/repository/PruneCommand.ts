/** `repo prune`: frees what no snapshot needs. */
import { kind } from "@ourclone/jobs/repository/PruneJob"
import * as Effect from "effect/Effect"
import { usage } from "../ExitCode.ts"
import type { PruneFlagsInput, ReadingInput } from "../RepositoryFlags.ts"
import { limitsOf } from "./PruneFlags.ts"
import * as PruneReport from "./PruneReport.ts"
import { command } from "./RepositoryCommand.ts"
import * as RepositoryJob from "./RepositoryJob.ts"
import { accessOf } from "./RepositoryRequest.ts"
import * as Steps from "./Steps.ts"

interface PruneInput extends ReadingInput, PruneFlagsInput {
  readonly dryRun: boolean
  readonly allowRemoveAll: boolean
}

export const run = (flags: PruneInput) =>
  command(
    Effect.fnUntraced(function* (output) {
      if (flags.lock === false && !flags.dryRun)
        return yield* usage("--no-lock goes with --dry-run only; prune removes files")
      const limits = yield* limitsOf(flags)
      const { access, passwords } = yield* accessOf({ ...flags, lock: undefined })
      const steps = Steps.make(output)
      const request = { ...access, ...limits, allowRemoveAll: flags.allowRemoveAll }
      const view = { onEvent: PruneReport.teller(output, steps), show: steps.show }
      const summary = yield* RepositoryJob.run(output, kind, request, view, { passwords, isPreview: flags.dryRun })
      if (!flags.dryRun) PruneReport.tellSummary(output, summary)
      else if (!output.isJson) output.note("nothing was done: --dry-run")
    })
  )
