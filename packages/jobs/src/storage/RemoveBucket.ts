/** Removes a bucket: one that holds nothing, no old version either, or, where that is said twice, with all that it holds. */
import { root } from "@ourclone/core/contract/RemotePath"
import { InvalidRequest, StorageError } from "@ourclone/core/contract/StorageError"
import * as Guard from "@ourclone/core/engine/Guard"
import * as VersionRemoval from "@ourclone/core/engine/VersionRemoval"
import { retrying } from "@ourclone/core/layers/Retry"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { Beside, JobKind } from "../kind/JobKind.ts"
import { remedy } from "../kind/JobRemedies.ts"
import { whenPlaceBusy } from "../kind/RequestFields.ts"
import { versionsOf } from "../place/Earlier.ts"
import { hold } from "../place/HoldDestination.ts"
import { open } from "../place/OpenPlace.ts"
import { about, openBucket } from "./BucketPlace.ts"
import * as CancelUnfinished from "./CancelUnfinished.ts"
import { bucket, purging } from "./StorageFields.ts"

export const Request = Schema.Struct({
  ...bucket,
  ...purging,
  whenBusy: whenPlaceBusy
})
export type Request = typeof Request.Type

export const Summary = Schema.Struct({ ...VersionRemoval.RemovedVersions.fields, cancelled: Schema.Int })
export type Summary = typeof Summary.Type

const unconfirmed = (bucket: string, name: string) =>
  new Guard.GuardStopped({
    guard: "remove all",
    message: `every version of every file in ${bucket} would be removed for good, so nothing was`,
    remedy: { code: "repeatName", values: { name } }
  })

/** Everything in the bucket; what is locked stays, and the bucket with it. */
const empty = Effect.fnUntraced(function* (request: Request, beside: Beside, isPreview: boolean) {
  const { tell } = beside
  const provider = yield* open(request.bucket, tell)
  const versions = yield* versionsOf(provider)
  if (!isPreview) yield* hold(provider, { type: "removeBucket", whenBusy: request.whenBusy, tell })
  const cancelling = CancelUnfinished.perform(!isPreview)({ path: request.bucket }, beside)
  const { cancelled } = provider.largeFile === undefined ? { cancelled: 0 } : yield* cancelling
  const options = { includesCurrent: true, until: Number.MAX_SAFE_INTEGER, isPreview, tell }
  const removed = yield* VersionRemoval.run(versions.list(root), versions, options)
  tell.fact({ _tag: "Planned", files: 0, bytes: 0, removals: removed.removed + removed.failed, isFinal: true })
  return { ...removed, cancelled }
})

const nothing: Summary = { removed: 0, bytes: 0, files: 0, kept: 0, failed: 0, cancelled: 0 }

/** What a service says no with is that something is in it. */
const withRemedy =
  ({ purge }: Request) =>
  (error: StorageError): StorageError => {
    const { operation, provider, reason } = error
    if (purge === true || reason._tag !== "InvalidRequest") return error
    const told = new InvalidRequest({ message: reason.message, remedy: remedy("purgeBucket") })
    return new StorageError({ provider, operation, reason: told })
  }

const run = Effect.fnUntraced(function* (request: Request, beside: Beside) {
  const { buckets, name } = yield* openBucket(request.bucket, beside.tell)
  if (request.purge === true && request.confirm !== name) return yield* unconfirmed(request.bucket, name)
  const summary = request.purge === true ? yield* empty(request, beside, false) : nothing
  if (summary.failed > 0) return summary
  yield* Effect.mapError(about(request.bucket)(retrying(buckets.remove(name))), withRemedy(request))
  beside.tell.fact({ _tag: "Done", deed: "removed", item: name })
  return summary
})

const preview = Effect.fnUntraced(function* (request: Request, beside: Beside) {
  const { name } = yield* openBucket(request.bucket, beside.tell)
  const summary = request.purge === true ? yield* empty(request, beside, true) : nothing
  beside.tell.fact({ _tag: "Would", deed: "removed", item: name })
  return summary
})

export const kind: JobKind<"removeBucket", Request, Summary> = {
  type: "removeBucket",
  request: Request,
  summary: Summary,
  needs: () => [],
  preview,
  run
}
