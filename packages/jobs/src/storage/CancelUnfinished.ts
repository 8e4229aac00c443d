/** Deletes the parts of unfinished large files; their uploads begin again from nothing. */
import type { Unfinished } from "@ourclone/core/contract/LargeFile"
import { retrying } from "@ourclone/core/layers/Retry"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { Beside, JobKind } from "../kind/JobKind.ts"
import { unfinishedAt } from "./History.ts"
import { cancelling } from "./StorageFields.ts"

export const Request = Schema.Struct(cancelling)
export type Request = typeof Request.Type

export const Summary = Schema.Struct({
  cancelled: Schema.Int,
  /** Younger than that. */
  kept: Schema.Int
})

/** The name of the step that tells of each file; `values` has `id`, `path`, `ageMillis` and, where it is known, `size`. */
export const cancelStep = "cancelUnfinished"

const stepOf = ({ id, path, size, startedAt }: Unfinished, now: number) => ({
  id,
  path,
  ageMillis: Math.max(0, now - startedAt),
  ...(size === undefined ? {} : { size })
})

export const perform = (cancels: boolean) =>
  Effect.fnUntraced(function* ({ olderThanMillis, path }: Request, { tell }: Beside) {
    const now = yield* Clock.currentTimeMillis
    const { found, largeFile } = yield* unfinishedAt(path, tell)
    const isOld = (age: number): boolean => olderThanMillis === undefined || age >= olderThanMillis
    const old = found.filter(({ startedAt }) => isOld(now - startedAt))
    for (const file of old) {
      if (cancels) yield* retrying(largeFile.cancel(file))
      tell.fact({ _tag: "Step", name: cancelStep, values: stepOf(file, now), detail: { ...file } })
      if (cancels) tell.fact({ _tag: "Done", deed: "removed", item: file.path })
      else tell.fact({ _tag: "Would", deed: "removed", item: file.path })
    }
    return { cancelled: old.length, kept: found.length - old.length }
  })

export const kind: JobKind<"cancelUnfinished", Request, typeof Summary.Type> = {
  type: "cancelUnfinished",
  request: Request,
  summary: Summary,
  needs: () => [],
  preview: perform(false),
  run: perform(true)
}
