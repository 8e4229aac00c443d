/** Removes the temporary files that runs which were cut off have left in a folder and below it; none of another program. */
import type { Leftover } from "@ourclone/core/contract/Leftovers"
import { retrying } from "@ourclone/core/layers/Retry"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import type { Beside, JobKind } from "../kind/JobKind.ts"
import { open } from "../place/OpenPlace.ts"
import { cleaning } from "./StorageFields.ts"

export const Request = Schema.Struct(cleaning)
export type Request = typeof Request.Type

export const Summary = Schema.Struct({
  removed: Schema.Int,
  bytes: Schema.Int,
  /** Younger ones, which a run may still be writing or go on with. */
  kept: Schema.Int
})

const dayMillis = 24 * 60 * 60 * 1000

const perform = (removes: boolean) =>
  Effect.fnUntraced(function* ({ olderThanMillis = dayMillis, path }: Request, { tell }: Beside) {
    const now = yield* Clock.currentTimeMillis
    const { leftovers } = yield* open(path, tell)
    const summary = { removed: 0, bytes: 0, kept: 0 }
    if (leftovers === undefined) return summary
    const isDue = ({ changedAt, isAbandoned, isResumable }: Leftover): boolean =>
      (isAbandoned && !isResumable) || now - changedAt >= olderThanMillis
    // Looked for first: what is removed while a folder is read may hide others.
    const found = yield* Stream.runCollect(leftovers.list)
    for (const leftover of found) {
      if (!isDue(leftover)) {
        summary.kept++
        continue
      }
      yield* tell.room
      if (removes) yield* retrying(leftovers.remove(leftover))
      summary.removed++
      summary.bytes += leftover.size
      const what = { deed: "removed", item: leftover.path, bytes: leftover.size } as const
      tell.fact(removes ? { _tag: "Done", ...what } : { _tag: "Would", ...what })
    }
    return summary
  })

export const kind: JobKind<"cleanup", Request, typeof Summary.Type> = {
  type: "cleanup",
  request: Request,
  summary: Summary,
  needs: () => [],
  preview: perform(false),
  run: perform(true)
}
