/** `repo migrate`: a newer version of the format. */
import type { RunEvent } from "@ourclone/core/events/RunEvent"
import { kind } from "@ourclone/jobs/repository/MigrateJob"
import * as Effect from "effect/Effect"
import type { RepositoryInput } from "../RepositoryFlags.ts"
import { command } from "./RepositoryCommand.ts"
import * as RepositoryJob from "./RepositoryJob.ts"
import { accessOf } from "./RepositoryRequest.ts"

const upgrade = "upgrade_repo_v2"

export const run = (
  flags: RepositoryInput & { readonly dryRun: boolean; readonly migration: typeof upgrade | undefined }
) =>
  command(
    Effect.fnUntraced(function* (output) {
      const { access, passwords } = yield* accessOf(flags)
      const isPreview = flags.dryRun || flags.migration === undefined
      const onEvent = (event: RunEvent): void => {
        if (event._tag === "Failed") output.problem(event.failure.message)
      }
      const summary = yield* RepositoryJob.run(output, kind, access, { onEvent }, { passwords, isPreview })
      const { from, to } = summary
      if (output.isJson) output.json({ message_type: isPreview ? "migrations" : "migrated", from, to })
      else if (from === to) output.line(`nothing to migrate: it is of version ${to}`)
      else if (isPreview) output.line(`${upgrade}  from version ${from} to ${to}, which compresses`)
      else output.line(`it was of version ${from}, and is of version ${to} now`)
      if (!isPreview && from !== to) {
        output.note("compress what is there with: ourclone repo prune --repack-uncompressed")
      }
    })
  )
