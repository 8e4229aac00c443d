/** Removes a bucket that holds nothing, no old version either. */
import { retrying } from "@ourclone/core/layers/Retry"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { Beside, JobKind } from "../JobKind.ts"
import { place } from "../RequestFields.ts"
import { about, openBucket } from "./BucketPlace.ts"

export const Request = Schema.Struct({ bucket: place("As remote:bucket") })
export type Request = typeof Request.Type
export const Summary = Schema.Struct({})

const run = Effect.fnUntraced(function* (request: Request, { tell }: Beside) {
  const { buckets, name } = yield* openBucket(request.bucket, tell)
  yield* about(request.bucket)(retrying(buckets.remove(name)))
  tell.fact({ _tag: "Done", deed: "removed", item: name })
  return {}
})

export const kind: JobKind<"removeBucket", Request, typeof Summary.Type> = {
  type: "removeBucket",
  request: Request,
  summary: Summary,
  needs: () => [],
  run
}
