/** Changes what the service does to old versions by itself. A rule replaces the one of the same prefix. */
import { Bucket, type LifecycleRule } from "@ourclone/core/contract/Buckets"
import { retrying } from "@ourclone/core/layers/Retry"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { InvalidJob } from "../kind/JobError.ts"
import type { Beside, JobKind } from "../kind/JobKind.ts"
import { missing } from "../place/FileOrFolder.ts"
import { openBucket } from "./BucketPlace.ts"
import { bucket, rule } from "./StorageFields.ts"

export const Request = Schema.Struct({ ...bucket, ...rule })
export type Request = typeof Request.Type

const refuse = ({ clear, daysToDelete, daysToHide, keepLast }: Request): InvalidJob | undefined => {
  const days = daysToHide !== undefined || daysToDelete !== undefined
  const changes = [clear === true, keepLast === true, days].filter(Boolean).length
  if (changes === 1) return undefined
  return new InvalidJob({ message: "one change is made at a time: keep the last version, drop the rule, or set days" })
}

const ruleOf = ({ daysToDelete, daysToHide, keepLast, prefix = "" }: Request): LifecycleRule => ({
  prefix,
  ...(daysToHide === undefined ? {} : { daysToHide }),
  ...(keepLast === true ? { daysToDelete: 1 } : daysToDelete === undefined ? {} : { daysToDelete })
})

const run = Effect.fnUntraced(function* (request: Request, { tell }: Beside) {
  const { buckets, name } = yield* openBucket(request.bucket, tell)
  const found = (yield* retrying(Stream.runCollect(buckets.list))).find((bucket) => bucket.name === name)
  if (found === undefined) return yield* missing(request.bucket)
  const others = found.lifecycle.filter((rule) => rule.prefix !== (request.prefix ?? ""))
  const rules = request.clear === true ? others : [...others, ruleOf(request)]
  const bucket = yield* retrying(buckets.setLifecycle(name, rules))
  tell.fact({ _tag: "Done", deed: "updated", item: name })
  return bucket
})

export const kind: JobKind<"setLifecycle", Request, Bucket> = {
  type: "setLifecycle",
  request: Request,
  summary: Bucket,
  needs: () => [],
  refuse,
  run
}
