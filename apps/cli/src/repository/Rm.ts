/** `snapshot rm`: snapshots anew without some paths. */

import * as Rewrite from "@ourclone/backup/care/Rewrite"
import * as PathFilter from "@ourclone/backup/choose/PathFilter"
import * as Effect from "effect/Effect"
import * as Amount from "../Amount.ts"
import { usage } from "../ExitCode.ts"
import { printable } from "../PrintableText.ts"
import type { RepositoryInput, SnapshotFilterInput } from "../RepositoryFlags.ts"
import { locked, open } from "./OpenedRepository.ts"
import { type ExcludeFlagsInput, excludesOf, isEmpty } from "./PathSelection.ts"
import { command } from "./RepositoryCommand.ts"
import { select } from "./SnapshotSelection.ts"

export interface RmFlags extends RepositoryInput, SnapshotFilterInput, ExcludeFlagsInput {
  readonly forget: boolean
  readonly dryRun: boolean
  readonly ids: ReadonlyArray<string>
}

export const run = (flags: RmFlags) =>
  command(
    Effect.fnUntraced(function* (output) {
      const paths = yield* excludesOf(flags)
      if (isEmpty(paths)) return yield* usage("say with --exclude what to take out")
      yield* Effect.try({
        try: () => PathFilter.make(paths),
        catch: (error) => usage(error instanceof Error ? error.message : String(error))
      })
      const repository = yield* open(output, flags)
      const report = (event: Rewrite.RemovePathEvent): void => {
        if (event._tag === "Removed") {
          const path = event.path.toString()
          if (output.isJson) output.json({ message_type: "removed", path })
          else if (output.isVerbose || flags.dryRun) output.line(`remove ${printable(path)}`)
          return
        }
        const { by, removed, snapshot } = event
        if (output.isJson) output.json({ message_type: "changed", old_snapshot_id: snapshot, new_snapshot_id: by })
        else {
          const gone = `${Amount.files(removed.files)} (${Amount.bytes(removed.bytes)})`
          output.line(
            by === undefined
              ? `snapshot ${snapshot.slice(0, 8)} would lose ${gone}`
              : `snapshot ${snapshot.slice(0, 8)} is now ${by.slice(0, 8)}, without ${gone}`
          )
        }
      }
      const working = Effect.gen(function* () {
        const snapshots = yield* select(output, repository, flags.ids, flags)
        return yield* Rewrite.removePath(repository, { snapshots, paths, ...flags }, report)
      })
      const kind = flags.forget ? "exclusive" : "shared"
      const { replaced, unchanged } = yield* locked(output, repository, flags, kind, working)
      if (output.isJson) return output.json({ message_type: "summary", changed_snapshots: replaced, unchanged })
      const dry = flags.dryRun ? ". Nothing was done: --dry-run" : ""
      output.note(`${replaced} ${replaced === 1 ? "snapshot" : "snapshots"} replaced, ${unchanged} unchanged${dry}`)
      if (replaced > 0 && flags.forget && !flags.dryRun) output.note("free the space with: ourclone repo prune")
    })
  )
