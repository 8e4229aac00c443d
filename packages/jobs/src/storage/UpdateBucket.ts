/** Changes what a bucket is like: who may read it, locks, encryption, rules for browsers, notes. What is not named stays. */
import { Bucket, type BucketChanges } from "@ourclone/core/contract/Buckets"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { InvalidJob } from "../kind/JobError.ts"
import type { Beside, JobKind } from "../kind/JobKind.ts"
import { about, openBucket } from "./BucketPlace.ts"
import { bucket, changing } from "./StorageFields.ts"

export const Request = Schema.Struct({ ...bucket, ...changing })
export type Request = typeof Request.Type

const form = /^(governance|compliance):([1-9]\d{0,3})(d|y)$/

const retentionOf = (text: string): Result.Result<NonNullable<BucketChanges["retention"]>, string> => {
  if (text === "none") return Result.succeed("none")
  const [, mode, count, unit] = form.exec(text) ?? []
  if (mode === undefined) return Result.fail(`"${text}" is no retention; write governance:30d, compliance:1y or none`)
  const days = Number(count) * (unit === "y" ? 365 : 1)
  if (days > 3000) return Result.fail("a retention is at most 3000 days")
  return Result.succeed({ mode: mode as "governance" | "compliance", days })
}

const infoOf = (texts: ReadonlyArray<string>): Result.Result<Record<string, string>, string> => {
  const info: Record<string, string> = {}
  for (const text of texts) {
    const [, name, value = ""] = /^([A-Za-z0-9_-]{1,50})=(.*)$/s.exec(text) ?? []
    if (name === undefined) return Result.fail(`"${text}" is no note of a bucket; write NAME=VALUE`)
    info[name] = value
  }
  return Result.succeed(info)
}

const Rules = Schema.Array(Schema.Record(Schema.String, Schema.Json))

const rulesOf = (text: string): Result.Result<typeof Rules.Type, string> =>
  Result.mapError(
    Schema.decodeUnknownResult(Schema.fromJsonString(Rules))(text),
    () => "the rules for browsers must be a JSON array of objects"
  )

const isField = (field: keyof Request, found: Result.Result<unknown, string> | undefined) =>
  found !== undefined && Result.isFailure(found) ? new InvalidJob({ field, message: found.failure }) : undefined

const refuse = (request: Request): InvalidJob | undefined => {
  const { corsRules, info, isPrivate, isPublic, retention } = request
  if (isPrivate === true && isPublic === true) {
    return new InvalidJob({ message: "a bucket is private or public, not both" })
  }
  const wrong =
    isField("retention", retention === undefined ? undefined : retentionOf(retention)) ??
    isField("info", info === undefined ? undefined : infoOf(info)) ??
    isField("corsRules", corsRules === undefined ? undefined : rulesOf(corsRules))
  if (wrong !== undefined) return wrong
  return Object.keys(changesOf(request)).length === 0
    ? new InvalidJob({ message: "nothing was said that is to be changed" })
    : undefined
}

const changesOf = (request: Request): BucketChanges => {
  const { corsRules, encryption, info, isPrivate, isPublic, objectLock, retention } = request
  const value = <A>(result: Result.Result<A, string>): A => Result.getOrThrow(result)
  return {
    ...(isPrivate === true || isPublic === true ? { isPrivate: isPrivate === true } : {}),
    ...(objectLock === true ? { objectLock } : {}),
    ...(retention === undefined ? {} : { retention: value(retentionOf(retention)) }),
    ...(encryption === undefined ? {} : { encryption }),
    ...(info === undefined || info.length === 0 ? {} : { info: value(infoOf(info)) }),
    ...(corsRules === undefined ? {} : { cors: value(rulesOf(corsRules)) })
  }
}

const run = Effect.fnUntraced(function* (request: Request, { tell }: Beside) {
  const { buckets, name } = yield* openBucket(request.bucket, tell)
  const { update } = buckets
  if (update === undefined) {
    return yield* new InvalidJob({ message: `the buckets of ${request.bucket} can not be changed from here` })
  }
  const changed = yield* about(request.bucket)(update(name, changesOf(request)))
  tell.fact({ _tag: "Done", deed: "updated", item: name })
  return changed
})

export const kind: JobKind<"updateBucket", Request, Bucket> = {
  type: "updateBucket",
  request: Request,
  summary: Bucket,
  needs: () => [],
  refuse,
  run
}
