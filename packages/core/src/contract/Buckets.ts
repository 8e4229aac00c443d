/** The buckets of an account, where a provider has such a thing. */
import type * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type * as Stream from "effect/Stream"
import type { StorageError } from "./StorageError.ts"

/** What the service does by itself to files whose names begin with `prefix`. Days are whole and above zero; absent means never. */
export const LifecycleRule = Schema.Struct({
  prefix: Schema.String,
  daysToHide: Schema.optionalKey(Schema.Int),
  daysToDelete: Schema.optionalKey(Schema.Int),
  daysToCancelUnfinished: Schema.optionalKey(Schema.Int)
})
export type LifecycleRule = typeof LifecycleRule.Type

export const Bucket = Schema.Struct({
  name: Schema.String,
  id: Schema.String,
  isPrivate: Schema.Boolean,
  lifecycle: Schema.Array(LifecycleRule)
})
export type Bucket = typeof Bucket.Type

export interface Buckets {
  readonly list: Stream.Stream<Bucket, StorageError>
  /** Creates a private bucket. Fails with `AlreadyExists` when the name is taken, by whomever. */
  readonly create: (name: string) => Effect.Effect<Bucket, StorageError>
  /** Fails with `InvalidRequest` while anything, an old version included, is in it. */
  readonly remove: (name: string) => Effect.Effect<void, StorageError>
  /** Replaces all rules of the bucket. */
  readonly setLifecycle: (name: string, rules: ReadonlyArray<LifecycleRule>) => Effect.Effect<Bucket, StorageError>
}
