/** Makes a private bucket. */
import { Bucket } from "@ourclone/core/contract/Buckets"
import { retrying } from "@ourclone/core/layers/Retry"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { Beside, JobKind } from "../kind/JobKind.ts"
import { about, openBucket } from "./BucketPlace.ts"
import { bucket as fields } from "./StorageFields.ts"

export const Request = Schema.Struct(fields)
export type Request = typeof Request.Type

const run = Effect.fnUntraced(function* (request: Request, { tell }: Beside) {
  const { buckets, name } = yield* openBucket(request.bucket, tell)
  const bucket = yield* about(request.bucket)(retrying(buckets.create(name)))
  tell.fact({ _tag: "Done", deed: "stored", item: name })
  return bucket
})

export const kind: JobKind<"createBucket", Request, Bucket> = {
  type: "createBucket",
  request: Request,
  summary: Bucket,
  needs: () => [],
  run
}
