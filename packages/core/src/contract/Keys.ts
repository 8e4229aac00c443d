/** The keys of an account, where a service lets a key make others that may do less. */
import type * as Effect from "effect/Effect"
import type * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import type * as Stream from "effect/Stream"
import type { StorageError } from "./StorageError.ts"

/** What a key is for: bringing files there and back; a repository with `prune`; a mounted folder; reading alone. */
export const purposes = ["sync", "backup", "mount", "read"] as const
export const Purpose = Schema.Literals(purposes)
export type Purpose = typeof Purpose.Type

/** What a run does with files: finding out which there are; their bytes; storing; taking away, as the place does that. */
export type Deed = "list" | "read" | "write" | "remove"

/** What is told of a key; never its secret. */
export const Key = Schema.Struct({
  id: Schema.String,
  /** As whoever made it called it; "" where the service does not say. */
  name: Schema.String,
  /** The service's own words for what it may do. */
  capabilities: Schema.Array(Schema.String),
  /** The only buckets that it reaches, by name, or by id where they are gone; absent when it reaches all. */
  buckets: Schema.optionalKey(Schema.Array(Schema.String)),
  /** What every name that it touches begins with; absent for no limit. */
  prefix: Schema.optionalKey(Schema.String),
  /** Milliseconds since 1970 UTC; absent where it lasts. */
  expiresAt: Schema.optionalKey(Schema.Int)
})
export type Key = typeof Key.Type

export interface NewKey {
  readonly name: string
  readonly purpose: Purpose
  readonly bucket: string
  /** Of names in the bucket; "" for all of them. */
  readonly prefix: string
  /** How long it is good for; absent for ever. */
  readonly validSeconds?: number | undefined
}

export interface Keys {
  /** The one in use, as far as the service tells a key of itself. */
  readonly own: Key
  /** What the key in use lacks for that, in the service's own words; `isFound` leaves out what it takes to find a bucket. */
  readonly missing: (purpose: Purpose, isFound?: boolean) => ReadonlyArray<string>
  /** The same, for things that are done. What it takes to find a bucket is left out. */
  readonly lacking: (deeds: ReadonlyArray<Deed>) => ReadonlyArray<string>
  /** What else it lacks, that no purpose takes: in the service's own words, and the commands that can not do without it. */
  readonly beyond: ReadonlyArray<{ readonly capability: string; readonly commands: ReadonlyArray<string> }>
  /** Absent where keys are not made, as by another side of the service or by a storage that is made of this one. */
  readonly ofAccount?: KeysOfAccount | undefined
}

/** Finding, making and removing keys. */
export interface KeysOfAccount {
  readonly list: Stream.Stream<Key, StorageError>
  /** Makes the least key that will do. Called twice it makes two. The secret is told this once. Fails with `NotFound` where there is no such bucket. */
  readonly create: (
    options: NewKey
  ) => Effect.Effect<{ readonly key: Key; readonly secret: Redacted.Redacted }, StorageError>
  /** Whoever holds the key can do nothing more. Fails with `NotFound`. */
  readonly remove: (id: string) => Effect.Effect<void, StorageError>
}
