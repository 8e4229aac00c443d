/** `repo unlock`: takes away locks that nobody holds any more. */

import * as Amount from "@ourclone/core/events/Amount"
import { printable } from "@ourclone/core/events/PrintableText"
import type { RunEvent } from "@ourclone/core/events/RunEvent"
import { kind, lockLeft } from "@ourclone/jobs/repository/UnlockJob"
import * as Effect from "effect/Effect"
import type { RepositoryInput } from "../RepositoryFlags.ts"
import { told } from "../words/remedies.ts"
import { command } from "./RepositoryCommand.ts"
import * as RepositoryJob from "./RepositoryJob.ts"
import { accessOf } from "./RepositoryRequest.ts"
import { shortId } from "./SnapshotFacts.ts"

export const run = (flags: RepositoryInput & { readonly removeAll: boolean }) =>
  command(
    Effect.fnUntraced(function* (output) {
      const { access, passwords } = yield* accessOf({ ...flags, waitMillis: undefined })
      const request = { ...access, removeAll: flags.removeAll }
      const onEvent = (event: RunEvent): void => {
        if (event._tag !== "Note" || event.code !== lockLeft) return
        if (output.isJson) output.json({ message_type: "lock_left", id: event.item, message: event.message })
        else output.note(printable(`lock ${shortId(event.item ?? "")} stays: ${told(event)}`))
      }
      const { removed } = yield* RepositoryJob.run(output, kind, request, { onEvent }, { passwords })
      if (output.isJson) output.json({ message_type: "unlocked", locks_removed: removed })
      else output.line(`${Amount.counted(removed, "lock")} removed`)
    })
  )
