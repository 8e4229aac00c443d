/** Copies the files of a bucket to others, as its rules say. B2 takes its time; here it happens when time is advanced. */
import type { Account } from "./Account.ts"
import type { Bucket } from "./Bucket.ts"
import type { ReplicationRule } from "./ReplicationRules.ts"
import { makeFileId, noEncryption, type ReplicationStatus, type Version } from "./Version.ts"

/** The rule a file follows: of those that match, the one of the highest priority. */
const ruleFor = (bucket: Bucket, name: string): ReplicationRule | undefined =>
  bucket.replicationConfiguration?.asReplicationSource?.replicationRules
    .filter((rule) => rule.isEnabled && name.startsWith(rule.fileNamePrefix))
    .reduce<ReplicationRule | undefined>(
      (best, rule) => (best === undefined || rule.priority > best.priority ? rule : best),
      undefined
    )

/** Of a file that is uploaded now; null when no rule concerns it. */
export const initialReplication = (bucket: Bucket, name: string): ReplicationStatus | null =>
  ruleFor(bucket, name) === undefined ? null : "PENDING"

/** The bucket that takes replicas from `source` by `rule`; undefined when it is gone or does not accept them. */
const destinationOf = (account: Account, source: Bucket, rule: ReplicationRule): Bucket | undefined => {
  const destination = account.buckets.get(rule.destinationBucketId)
  const keyId = source.replicationConfiguration?.asReplicationSource?.sourceApplicationKeyId ?? ""
  const mapping = destination?.replicationConfiguration?.asReplicationDestination?.sourceToDestinationKeyMapping ?? {}
  return destination !== source && Object.hasOwn(mapping, keyId) ? destination : undefined
}

const addReplica = (account: Account, version: Version, bucket: Bucket): void => {
  const timestamp = account.timestampFor(bucket, version.name)
  const sequence = account.nextSequence()
  account.addVersion({
    ...version,
    fileId: makeFileId(bucket.bucketId, version.sha1 === "none" ? "2" : "1", sequence, timestamp),
    bucket,
    timestamp,
    sequence,
    encryption: bucket.encrypted ? { mode: "SSE-B2" } : noEncryption,
    retention: bucket.fileLockEnabled ? version.retention : null,
    legalHold: bucket.fileLockEnabled ? version.legalHold : null,
    replication: "REPLICA",
    row: null
  })
}

const replicate = (account: Account, version: Version): void => {
  const rule = ruleFor(version.bucket, version.name)
  if (rule === undefined || version.action !== "upload") return
  const isDue = version.replication === "PENDING" || (version.replication === null && rule.includeExistingFiles)
  if (!isDue) return
  const destination = destinationOf(account, version.bucket, rule)
  const isPossible = destination !== undefined && version.encryption.mode !== "SSE-C"
  if (isPossible) addReplica(account, version, destination)
  account.saveReplication(version, isPossible ? "COMPLETED" : "FAILED")
}

/** Completes, or fails, whatever is pending. */
export const runReplication = (account: Account): void => {
  for (const version of [...account.files.values()]) replicate(account, version)
}
