/** Application keys: what they may do and how far they reach. */
import { unauthorized } from "./Errors.ts"

export const accountCapabilities = ["listKeys", "writeKeys", "deleteKeys", "writeBuckets", "deleteBuckets"] as const

export const allCapabilities: readonly string[] = [
  ...accountCapabilities,
  "listBuckets",
  "listAllBucketNames",
  "readBuckets",
  "readBucketEncryption",
  "writeBucketEncryption",
  "readBucketRetentions",
  "writeBucketRetentions",
  "readFileRetentions",
  "writeFileRetentions",
  "readFileLegalHolds",
  "writeFileLegalHolds",
  "readBucketReplications",
  "writeBucketReplications",
  "readBucketLifecycleRules",
  "writeBucketLifecycleRules",
  "readBucketNotifications",
  "writeBucketNotifications",
  "readBucketLogging",
  "writeBucketLogging",
  "bypassGovernance",
  "listFiles",
  "readFiles",
  "shareFiles",
  "writeFiles",
  "deleteFiles"
]

export interface KeyRecord {
  readonly applicationKeyId: string
  readonly secret: string
  readonly keyName: string
  readonly capabilities: readonly string[]
  /** Null when the key reaches every bucket. */
  readonly bucketIds: readonly string[] | null
  readonly namePrefix: string | null
  /** Milliseconds since 1970; null when it lasts. */
  readonly expirationTimestamp: number | null
}

export class Key {
  readonly record: KeyRecord
  readonly #capabilities: ReadonlySet<string>
  readonly readsRetention: boolean
  readonly readsLegalHold: boolean
  deleted = false

  constructor(record: KeyRecord) {
    this.record = record
    this.#capabilities = new Set(record.capabilities)
    this.readsRetention = this.can("readFileRetentions")
    this.readsLegalHold = this.can("readFileLegalHolds")
  }

  can(capability: string): boolean {
    return this.#capabilities.has(capability)
  }

  /** Fails with 401 `unauthorized`, as every refusal of a key does. */
  mustHave(capability: string): void {
    if (!this.can(capability)) throw unauthorized()
  }

  reachesBucket(bucketId: string): boolean {
    return this.record.bucketIds === null || this.record.bucketIds.includes(bucketId)
  }

  mustReachBucket(bucketId: string): void {
    if (!this.reachesBucket(bucketId)) throw unauthorized()
  }

  /** Also for a listing's prefix: it must lie inside the key's. */
  mustReachName(name: string): void {
    const prefix = this.record.namePrefix
    if (prefix !== null && !name.startsWith(prefix)) throw unauthorized()
  }

  hasExpired(now: number): boolean {
    return this.record.expirationTimestamp !== null && this.record.expirationTimestamp <= now
  }
}
