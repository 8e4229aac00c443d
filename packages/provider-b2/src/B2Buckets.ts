/** The buckets of the account. */
import type { Bucket, BucketChanges, Buckets, LifecycleRule } from "@ourclone/core/contract/Buckets"
import { InvalidRequest, NotFound, type Reason, StorageError } from "@ourclone/core/contract/StorageError"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { B2Client } from "./api/B2Client.ts"
import { bucketRefusal } from "./api/B2Names.ts"
import type { BucketRow } from "./api/B2Replies.ts"

type RuleRow = NonNullable<BucketRow["lifecycleRules"]>[number]

const ruleOf = (row: RuleRow): LifecycleRule => ({
  prefix: row.fileNamePrefix,
  ...(row.daysFromUploadingToHiding ? { daysToHide: row.daysFromUploadingToHiding } : {}),
  ...(row.daysFromHidingToDeleting ? { daysToDelete: row.daysFromHidingToDeleting } : {}),
  ...(row.daysFromStartingToCancelingUnfinishedLargeFiles
    ? { daysToCancelUnfinished: row.daysFromStartingToCancelingUnfinishedLargeFiles }
    : {})
})

const rowOf = (rule: LifecycleRule): RuleRow => ({
  fileNamePrefix: rule.prefix,
  daysFromUploadingToHiding: rule.daysToHide ?? null,
  daysFromHidingToDeleting: rule.daysToDelete ?? null,
  ...(rule.daysToCancelUnfinished === undefined
    ? {}
    : { daysFromStartingToCancelingUnfinishedLargeFiles: rule.daysToCancelUnfinished })
})

const changesRow = ({ cors, encryption, info, isPrivate, objectLock, retention }: BucketChanges): object => ({
  ...(isPrivate === undefined ? {} : { bucketType: isPrivate ? "allPrivate" : "allPublic" }),
  ...(objectLock === undefined ? {} : { fileLockEnabled: true }),
  ...(retention === undefined
    ? {}
    : {
        defaultRetention:
          retention === "none"
            ? { mode: null }
            : { mode: retention.mode, period: { duration: retention.days, unit: "days" } }
      }),
  ...(encryption === undefined
    ? {}
    : {
        defaultServerSideEncryption: encryption === "none" ? { mode: "none" } : { mode: "SSE-B2", algorithm: "AES256" }
      }),
  ...(info === undefined ? {} : { bucketInfo: info }),
  ...(cors === undefined ? {} : { corsRules: cors })
})

type LockRow = NonNullable<NonNullable<BucketRow["fileLockConfiguration"]>["value"]>

const retentionOf = ({ defaultRetention }: LockRow): NonNullable<Bucket["retention"]> => {
  const { mode, period } = defaultRetention ?? {}
  if ((mode !== "governance" && mode !== "compliance") || period == null) return "none"
  return { mode, days: period.duration * (period.unit === "years" ? 365 : 1) }
}

const lockOf = (lock: LockRow | null | undefined): Pick<Bucket, "objectLock" | "retention"> =>
  lock == null ? {} : { objectLock: lock.isFileLockEnabled, retention: retentionOf(lock) }

const bucketOf = (row: BucketRow): Bucket => ({
  name: row.bucketName,
  id: row.bucketId,
  isPrivate: row.bucketType !== "allPublic",
  lifecycle: (row.lifecycleRules ?? []).map(ruleOf),
  ...lockOf(row.fileLockConfiguration?.value),
  ...(row.defaultServerSideEncryption?.value == null
    ? {}
    : { encryption: row.defaultServerSideEncryption.value.mode ?? "none" }),
  ...(row.bucketInfo == null ? {} : { info: row.bucketInfo }),
  ...(row.corsRules == null ? {} : { cors: row.corsRules })
})

/** Why B2 would refuse `rules`; `undefined` when it would not. */
export const rulesRefusal = (rules: ReadonlyArray<LifecycleRule>): string | undefined => {
  for (const rule of rules) {
    const days = [rule.daysToHide, rule.daysToDelete, rule.daysToCancelUnfinished].filter((each) => each !== undefined)
    if (days.length === 0) return `the rule for "${rule.prefix}" does nothing; give it a number of days`
    if (days.some((each) => !Number.isInteger(each) || each < 1)) {
      return `the days of the rule for "${rule.prefix}" must be whole numbers above zero`
    }
    const other = rules.find((each) => each !== rule && each.prefix.startsWith(rule.prefix))
    if (other !== undefined)
      return `the rules for "${rule.prefix}" and "${other.prefix}" overlap; B2 takes one rule for a name`
  }
  return undefined
}

const lockRefusal = (name: string, before: Bucket, { objectLock, retention }: BucketChanges): string | undefined =>
  retention === undefined || retention === "none" || objectLock === true || before.objectLock !== false
    ? undefined
    : `versions are locked only in a bucket with object lock, which ${name} does not have: turn it on together with this; there is no way back`

export const make = (client: B2Client, provider: string): Buckets => {
  const fail = (operation: string, reason: Reason) => new StorageError({ provider, operation, reason })

  const checked = <A>(operation: string, refusal: string | undefined, effect: Effect.Effect<A, StorageError>) =>
    refusal === undefined ? effect : Effect.fail(fail(operation, new InvalidRequest({ message: refusal })))

  /** A key for certain buckets may not ask for all of them. */
  const rows = Effect.suspend(() => {
    const { buckets } = client.calls.authorization.current().key
    if (buckets === undefined) return client.listBuckets({})
    return Effect.map(
      Effect.forEach(buckets, ({ id }) => client.listBuckets({ bucketId: id })),
      (lists) => lists.flat()
    )
  })

  const named = (operation: string, name: string) =>
    checked(
      operation,
      bucketRefusal(name),
      Effect.flatMap(client.listBuckets({ bucketName: name }), ([row]) =>
        row === undefined
          ? Effect.fail(fail(operation, new NotFound({ message: `there is no bucket "${name}"` })))
          : Effect.succeed(row)
      )
    )

  return {
    list: Stream.unwrap(Effect.map(rows, (found) => Stream.fromIterable(found.map(bucketOf)))),
    create: (name) =>
      Effect.suspend(() =>
        checked("b2_create_bucket", bucketRefusal(name), Effect.map(client.createBucket(name), bucketOf))
      ),
    remove: (name) =>
      Effect.suspend(() =>
        Effect.flatMap(named("b2_delete_bucket", name), ({ bucketId }) => client.deleteBucket(bucketId))
      ),
    update: (name, changes) =>
      Effect.suspend(() =>
        Effect.flatMap(named("b2_update_bucket", name), (row) =>
          checked(
            "b2_update_bucket",
            lockRefusal(name, bucketOf(row), changes),
            Effect.map(client.updateBucket(row.bucketId, changesRow(changes)), bucketOf)
          )
        )
      ),
    setLifecycle: (name, rules) =>
      Effect.suspend(() =>
        checked(
          "b2_update_bucket",
          rulesRefusal(rules),
          Effect.flatMap(named("b2_update_bucket", name), ({ bucketId }) =>
            Effect.map(client.updateBucket(bucketId, { lifecycleRules: rules.map(rowOf) }), bucketOf)
          )
        )
      )
  }
}
