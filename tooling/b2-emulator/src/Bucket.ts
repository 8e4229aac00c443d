/** A bucket and its settings. */
import type { Fields } from "./Fields.ts"
import type { Replication } from "./ReplicationRules.ts"
import type { SortedNames } from "./SortedNames.ts"
import type { Version } from "./Version.ts"

export interface LifecycleRule {
  readonly fileNamePrefix: string
  readonly daysFromUploadingToHiding: number | null
  readonly daysFromHidingToDeleting: number | null
  readonly daysFromStartingToCancelingUnfinishedLargeFiles?: number | null
}

export interface DefaultRetention {
  readonly mode: "governance" | "compliance"
  readonly period: { readonly duration: number; readonly unit: "days" | "years" }
}

/** What `b2_create_bucket` and `b2_update_bucket` set. */
export interface BucketSettings {
  bucketType: string
  bucketInfo: Readonly<Record<string, string>>
  corsRules: readonly Fields[]
  lifecycleRules: readonly LifecycleRule[]
  encrypted: boolean
  fileLockEnabled: boolean
  defaultRetention: DefaultRetention | null
  replicationConfiguration: Replication | null
  notificationRules: readonly Fields[]
}

export interface Bucket extends BucketSettings {
  readonly bucketId: string
  readonly bucketName: string
  revision: number
  readonly names: SortedNames
  /** Unfinished large files, oldest first. */
  readonly unfinished: Set<Version>
}

/** Whether the bucket has rules that replicate its files to others. */
export const isReplicated = ({ replicationConfiguration }: BucketSettings): boolean =>
  (replicationConfiguration?.asReplicationSource ?? null) !== null

export const isPublic = (bucket: Bucket): boolean => bucket.bucketType === "allPublic"
