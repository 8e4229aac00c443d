/** `snapshot tag`: other tags for snapshots. */
import type { RunEvent } from "@ourclone/core/events/RunEvent"
import { kind } from "@ourclone/jobs/repository/TagJob"
import * as Effect from "effect/Effect"
import { usage } from "../ExitCode.ts"
import type { Output } from "../Output.ts"
import type { RepositoryInput, SnapshotFilterInput } from "../RepositoryFlags.ts"
import { command } from "./RepositoryCommand.ts"
import * as RepositoryJob from "./RepositoryJob.ts"
import { accessOf, filterOf } from "./RepositoryRequest.ts"
import { counted, shortId, tellUnreadable } from "./SnapshotFacts.ts"
import { tagsOf } from "./SnapshotFlags.ts"

export interface TagFlags extends RepositoryInput, SnapshotFilterInput {
  readonly set: ReadonlyArray<string>
  readonly add: ReadonlyArray<string>
  readonly remove: ReadonlyArray<string>
  readonly ids: ReadonlyArray<string>
}

const teller = (output: Output) => (event: RunEvent) => {
  tellUnreadable(output, event)
  if (event._tag !== "Done") return
  const by = String(event.values?.by)
  if (output.isJson) output.json({ message_type: "changed", old_snapshot_id: event.item, new_snapshot_id: by })
  else output.line(`snapshot ${shortId(event.item)} is now ${shortId(by)}`)
}

export const run = (flags: TagFlags) =>
  command(
    Effect.fnUntraced(function* (output) {
      const [set, add, remove] = [flags.set.flatMap(tagsOf), flags.add.flatMap(tagsOf), flags.remove.flatMap(tagsOf)]
      if (set.length + add.length + remove.length === 0) return yield* usage("say --set, --add or --remove")
      if (set.length > 0 && add.length + remove.length > 0) {
        return yield* usage("--set does not go with --add or --remove")
      }
      const { access, passwords } = yield* accessOf(flags)
      const request = { ...access, ...filterOf(flags), ids: flags.ids, set, add, remove }
      const { changed } = yield* RepositoryJob.run(output, kind, request, { onEvent: teller(output) }, { passwords })
      if (output.isJson) output.json({ message_type: "summary", changed_snapshots: changed })
      else output.note(`${counted(changed)} changed`)
    })
  )
