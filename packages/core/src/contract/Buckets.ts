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

const BucketRetention = Schema.Struct({
  mode: Schema.Literals(["governance", "compliance"]),
  days: Schema.Int
})

/** What is absent the service does not say, or not to this key. See `BucketChanges`. */
export const Bucket = Schema.Struct({
  name: Schema.String,
  id: Schema.String,
  isPrivate: Schema.Boolean,
  lifecycle: Schema.Array(LifecycleRule),
  objectLock: Schema.optionalKey(Schema.Boolean),
  retention: Schema.optionalKey(Schema.Union([Schema.Literal("none"), BucketRetention])),
  /** In the service's words; `none` for none. */
  encryption: Schema.optionalKey(Schema.String),
  info: Schema.optionalKey(Schema.Record(Schema.String, Schema.String)),
  cors: Schema.optionalKey(Schema.Array(Schema.Record(Schema.String, Schema.Json)))
})
export type Bucket = typeof Bucket.Type

/** What is to be another; what is absent stays. */
export interface BucketChanges {
  readonly isPrivate?: boolean
  /** Versions can be locked from now on; there is no way back. */
  readonly objectLock?: true
  /** What a new version is locked by where nothing else is said. */
  readonly retention?: "none" | typeof BucketRetention.Type
  /** Of new files, by the service. */
  readonly encryption?: "SSE-B2" | "none"
  /** Notes, which replace all that there are. */
  readonly info?: { readonly [name: string]: string }
  /** Which pages of others may use it from a browser, as the service writes such rules; they replace all that there are. */
  readonly cors?: ReadonlyArray<{ readonly [field: string]: Schema.Json }>
}

export interface Buckets {
  readonly list: Stream.Stream<Bucket, StorageError>
  /** Creates a private bucket. Fails with `AlreadyExists` when the name is taken, by whomever. */
  readonly create: (name: string) => Effect.Effect<Bucket, StorageError>
  /** Fails with `InvalidRequest` while anything, an old version included, is in it. */
  readonly remove: (name: string) => Effect.Effect<void, StorageError>
  /** Present where what a bucket is like can be changed. Fails with `NotFound`, and with `InvalidRequest` for what the service does not allow. */
  readonly update?: (name: string, changes: BucketChanges) => Effect.Effect<Bucket, StorageError>
  /** Replaces all rules of the bucket. */
  readonly setLifecycle: (name: string, rules: ReadonlyArray<LifecycleRule>) => Effect.Effect<Bucket, StorageError>
}
