/** `snapshot tag`: other tags for snapshots. */
import * as TagRun from "@ourclone/backup/care/Tag"
import * as Effect from "effect/Effect"
import { usage } from "../ExitCode.ts"
import type { RepositoryInput, SnapshotFilterInput } from "../RepositoryFlags.ts"
import { locked, open } from "./OpenedRepository.ts"
import { command } from "./RepositoryCommand.ts"
import { select, tagsOf } from "./SnapshotSelection.ts"

export interface TagFlags extends RepositoryInput, SnapshotFilterInput {
  readonly set: ReadonlyArray<string>
  readonly add: ReadonlyArray<string>
  readonly remove: ReadonlyArray<string>
  readonly ids: ReadonlyArray<string>
}

export const run = (flags: TagFlags) =>
  command(
    Effect.fnUntraced(function* (output) {
      const [set, add, remove] = [flags.set, flags.add, flags.remove].map((texts) => texts.flatMap(tagsOf))
      if (set!.length + add!.length + remove!.length === 0) return yield* usage("say --set, --add or --remove")
      if (set!.length > 0 && add!.length + remove!.length > 0) {
        return yield* usage("--set does not go with --add or --remove")
      }
      const repository = yield* open(output, flags)
      const working = Effect.gen(function* () {
        let changed = 0
        for (const snapshot of yield* select(output, repository, flags.ids, flags)) {
          const change = yield* TagRun.change(repository, snapshot, { set: set!, add: add!, remove: remove! })
          if (change === undefined) continue
          changed++
          const { oldId, snapshot: now } = change
          if (output.isJson) output.json({ message_type: "changed", old_snapshot_id: oldId, new_snapshot_id: now.id })
          else output.line(`snapshot ${oldId.slice(0, 8)} is now ${now.id.slice(0, 8)}`)
        }
        return changed
      })
      const changed = yield* locked(output, repository, flags, "exclusive", working)
      if (output.isJson) output.json({ message_type: "summary", changed_snapshots: changed })
      else output.note(`${changed} ${changed === 1 ? "snapshot" : "snapshots"} changed`)
    })
  )
