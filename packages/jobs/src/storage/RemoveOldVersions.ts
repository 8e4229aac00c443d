/** Removes for good the versions that were replaced, and the files that were removed: neither comes back. */
import { remedy } from "@ourclone/core/contract/CoreRemedies"
import * as Guard from "@ourclone/core/engine/Guard"
import * as VersionRemoval from "@ourclone/core/engine/VersionRemoval"
import { silent } from "@ourclone/core/events/Tell"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { Beside, JobKind } from "../kind/JobKind.ts"
import { whenPlaceBusy } from "../kind/RequestFields.ts"
import { versionsOf } from "../place/Earlier.ts"
import { hold } from "../place/HoldDestination.ts"
import { openAt, versionsAt } from "./History.ts"
import { forgetting } from "./StorageFields.ts"

export const Request = Schema.Struct({
  ...forgetting,
  whenBusy: whenPlaceBusy
})
export type Request = typeof Request.Type

const tooMany = (removals: number, most: number) =>
  new Guard.GuardStopped({
    guard: "max delete",
    message: `${removals} versions would be removed and at most ${most} may, so none was`,
    remedy: remedy("allowRemovals", { removals: String(removals) })
  })

const perform = (isPreview: boolean) =>
  Effect.fnUntraced(function* (request: Request, { tell }: Beside) {
    const { path, provider } = yield* openAt(request.path, tell)
    const versions = yield* versionsOf(provider)
    if (!isPreview) yield* hold(provider, { type: "cleanup", whenBusy: request.whenBusy, tell })
    // Without an age the clock of this machine, which the service's may be ahead of, decides nothing.
    const until =
      request.olderThanMillis === undefined
        ? Number.POSITIVE_INFINITY
        : (yield* Clock.currentTimeMillis) - request.olderThanMillis
    const options = { includesCurrent: false, until, isPreview, tell }
    if (request.maxDelete !== undefined) {
      const { removed } = yield* VersionRemoval.run(versionsAt(versions, path), versions, {
        ...options,
        isPreview: true,
        tell: silent
      })
      if (removed > request.maxDelete) return yield* tooMany(removed, request.maxDelete)
    }
    const summary = yield* VersionRemoval.run(versionsAt(versions, path), versions, options)
    tell.fact({ _tag: "Planned", files: 0, bytes: 0, removals: summary.removed + summary.failed, isFinal: true })
    return summary
  })

export const kind: JobKind<"removeOldVersions", Request, VersionRemoval.RemovedVersions> = {
  type: "removeOldVersions",
  request: Request,
  summary: VersionRemoval.RemovedVersions,
  needs: () => [],
  preview: perform(true),
  run: perform(false)
}
