/** Makes a private bucket. */
import { Bucket } from "@ourclone/core/contract/Buckets"
import { retrying } from "@ourclone/core/layers/Retry"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { InvalidJob } from "../kind/JobError.ts"
import type { Beside, JobKind } from "../kind/JobKind.ts"
import { split } from "../place/PlaceText.ts"
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

/** What B2 and all that speak S3 agree on; each refuses more by itself. */
const possible = /^[A-Za-z0-9][A-Za-z0-9._-]{1,61}[A-Za-z0-9]$/

const foresee = ({ bucket }: Request): Effect.Effect<InvalidJob | undefined> => {
  const name = split(bucket).path.replace(/^\/+|\/+$/g, "")
  if (possible.test(name)) return Effect.undefined
  const rule = `3 to 63 letters, digits, "-", "_" and ".", and begins and ends with a letter or digit`
  return Effect.succeed(
    new InvalidJob({ field: "bucket", message: `"${name}" can name no bucket: a name has ${rule}` })
  )
}

export const kind: JobKind<"createBucket", Request, Bucket> = {
  type: "createBucket",
  request: Request,
  summary: Bucket,
  needs: () => [],
  foresee,
  run
}
