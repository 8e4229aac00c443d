/** The buckets of the account. */
import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteBucketLifecycleCommand,
  GetBucketLifecycleConfigurationCommand,
  ListBucketsCommand,
  PutBucketLifecycleConfigurationCommand,
  type LifecycleRule as RuleRow
} from "@aws-sdk/client-s3"
import type { Bucket, Buckets, LifecycleRule } from "@ourclone/core/contract/Buckets"
import { InvalidRequest, type StorageError, UnexpectedResponse } from "@ourclone/core/contract/StorageError"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { S3Calls } from "./api/S3Calls.ts"
import { bucketRefusal } from "./S3Location.ts"

const ruleOf = (row: RuleRow): LifecycleRule => {
  const [hide, end, cancel] = [
    row.Expiration?.Days,
    row.NoncurrentVersionExpiration?.NoncurrentDays,
    row.AbortIncompleteMultipartUpload?.DaysAfterInitiation
  ]
  return {
    prefix: row.Filter?.Prefix ?? row.Prefix ?? "",
    ...(hide === undefined ? {} : { daysToHide: hide }),
    ...(end === undefined ? {} : { daysToDelete: end }),
    ...(cancel === undefined ? {} : { daysToCancelUnfinished: cancel })
  }
}

const rowOf = (
  { daysToCancelUnfinished, daysToDelete, daysToHide, prefix }: LifecycleRule,
  index: number
): RuleRow => ({
  ID: `ourclone-${index + 1}`,
  Status: "Enabled",
  Filter: { Prefix: prefix },
  ...(daysToHide === undefined ? {} : { Expiration: { Days: daysToHide } }),
  ...(daysToDelete === undefined ? {} : { NoncurrentVersionExpiration: { NoncurrentDays: daysToDelete } }),
  ...(daysToCancelUnfinished === undefined
    ? {}
    : { AbortIncompleteMultipartUpload: { DaysAfterInitiation: daysToCancelUnfinished } })
})

/** Why S3 would refuse `rules`; `undefined` when it would not. */
const rulesRefusal = (rules: ReadonlyArray<LifecycleRule>): string | undefined => {
  for (const { daysToCancelUnfinished, daysToDelete, daysToHide, prefix } of rules) {
    const days = [daysToHide, daysToDelete, daysToCancelUnfinished].filter((each) => each !== undefined)
    if (days.length === 0) return `the rule for "${prefix}" does nothing; give it a number of days`
    if (days.some((each) => !Number.isInteger(each) || each < 1)) {
      return `the days of the rule for "${prefix}" must be whole numbers above zero`
    }
  }
  return undefined
}

export const make = (calls: S3Calls, region: string): Buckets => {
  const refused = (operation: string, message: string | undefined): Effect.Effect<void, StorageError> =>
    message === undefined ? Effect.void : Effect.fail(calls.fail(operation, undefined, new InvalidRequest({ message })))

  const lifecycleOf = (bucket: string): Effect.Effect<ReadonlyArray<LifecycleRule>, StorageError> =>
    calls
      .attempt({ operation: "GetBucketLifecycleConfiguration", bucket }, (client, options) =>
        client.send(new GetBucketLifecycleConfigurationCommand({ Bucket: bucket }), options)
      )
      .pipe(
        Effect.map(({ Rules }) => (Rules ?? []).filter(({ Status }) => Status === "Enabled").map(ruleOf)),
        Effect.catch(({ error, failure }) =>
          failure.code !== "NoSuchBucket" &&
          ["NotFound", "PermissionDenied", "InvalidRequest", "Unavailable"].includes(error.reason._tag)
            ? Effect.succeed([])
            : Effect.fail(error)
        )
      )

  const bucketOf = (name: string) =>
    Effect.map(lifecycleOf(name), (lifecycle): Bucket => ({ name, id: name, isPrivate: true, lifecycle }))

  const constraint = ["us-east-1", "auto", ""].includes(region)
    ? {}
    : { CreateBucketConfiguration: { LocationConstraint: region as "EU" } }

  return {
    list: Stream.unwrap(
      Effect.map(
        calls.call({ operation: "ListBuckets", bucket: "" }, (client, options) =>
          client.send(new ListBucketsCommand({}), options)
        ),
        ({ Buckets: found }) => {
          if (found === undefined) {
            const message = "the answer is no list of buckets; is something between?"
            return Stream.fail(calls.fail("ListBuckets", undefined, new UnexpectedResponse({ message })))
          }
          const names = found.flatMap(({ Name }) => (Name === undefined ? [] : [Name]))
          return Stream.mapEffect(Stream.fromIterable(names), bucketOf, { concurrency: 8 })
        }
      )
    ),
    create: (name) =>
      Effect.gen(function* () {
        yield* refused("CreateBucket", bucketRefusal(name))
        yield* calls
          .attempt({ operation: "CreateBucket", bucket: name }, (client, options) =>
            client.send(new CreateBucketCommand({ Bucket: name, ...constraint }), options)
          )
          .pipe(Effect.mapError(({ error }) => error))
        return { name, id: name, isPrivate: true, lifecycle: [] }
      }),
    remove: (name) =>
      calls
        .attempt({ operation: "DeleteBucket", bucket: name }, (client, options) =>
          client.send(new DeleteBucketCommand({ Bucket: name }), options)
        )
        .pipe(
          Effect.asVoid,
          Effect.mapError(({ error, failure }) => {
            if (failure.code !== "BucketNotEmpty") return error
            const message = `the bucket "${name}" is not empty: something, perhaps an old version, is in it`
            return calls.fail("DeleteBucket", undefined, new InvalidRequest({ message }))
          })
        ),
    setLifecycle: (name, rules) =>
      Effect.gen(function* () {
        yield* refused("PutBucketLifecycleConfiguration", rulesRefusal(rules))
        yield* calls.call({ operation: "PutBucketLifecycleConfiguration", bucket: name }, (client, options) =>
          rules.length === 0
            ? client.send(new DeleteBucketLifecycleCommand({ Bucket: name }), options).then(() => undefined)
            : client
                .send(
                  new PutBucketLifecycleConfigurationCommand({
                    Bucket: name,
                    LifecycleConfiguration: { Rules: rules.map(rowOf) }
                  }),
                  options
                )
                .then(() => undefined)
        )
        return yield* bucketOf(name)
      })
  }
}
