/** Whether a remote works, without changing anything: signs in, and looks. */
import { Remotes } from "@ourclone/core/configuration/Remotes"
import { root } from "@ourclone/core/contract/RemotePath"
import { MostRetries } from "@ourclone/core/layers/Retry"
import { type JobError, toFailure } from "@ourclone/jobs/kind/JobError"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Stream from "effect/Stream"
import type { RemoteTest } from "../api/storage/StorageGroup.ts"
import type { Order } from "./SideWire.ts"

const failing = (says: ReadonlyArray<string>, error: JobError): RemoteTest => {
  const failure = toFailure(error)
  return { isOk: false, says, buckets: null, failure, remedy: failure.remedy ?? null }
}

const mostBuckets = 1_000

export const test = ({ options, place }: Extract<Order, { readonly _tag: "Test" }>) =>
  Effect.gen(function* () {
    const remotes = yield* Remotes
    const opened = yield* Effect.result(remotes.open(place, options))
    if (Result.isFailure(opened)) return failing([], opened.failure)
    const provider = opened.success
    const says = ["signs in"]
    if (provider.buckets === undefined) {
      const first = yield* Effect.result(Stream.runCollect(Stream.take(provider.list(root, { depth: 1 }), 1)))
      return Result.isFailure(first)
        ? failing(says, first.failure)
        : { isOk: true, says: [...says, "can list its folder"], buckets: null, failure: null, remedy: null }
    }
    const listed = yield* Effect.result(Stream.runCollect(Stream.take(provider.buckets.list, mostBuckets)))
    if (Result.isFailure(listed)) {
      if (listed.failure.reason._tag !== "PermissionDenied") return failing(says, listed.failure)
      return { isOk: true, says: [...says, "can not list buckets"], buckets: null, failure: null, remedy: null }
    }
    const buckets = listed.success.map(({ name }) => name)
    const found = buckets.length === 1 ? "sees one bucket" : `sees ${buckets.length} buckets`
    return { isOk: true, says: [...says, found], buckets, failure: null, remedy: null }
  }).pipe(
    Effect.scoped,
    Effect.provideService(MostRetries, 2),
    Effect.map((answer): RemoteTest => answer)
  )
