/** The lifecycle rules, applied as B2 does about once a day. Here they run when the clock is advanced. */
import { type Account, currentVersion } from "./Account.ts"
import type { Bucket, LifecycleRule } from "./Bucket.ts"
import { millisecondsPerDay } from "./Clock.ts"
import { addHideMarker } from "./Files.ts"
import { isLocked } from "./ObjectLock.ts"
import type { NameEntry } from "./SortedNames.ts"

/** Applies every rule as of the account's clock. */
export const runLifecycle = (account: Account): void => {
  for (const bucket of account.buckets.values()) {
    for (const rule of bucket.lifecycleRules) {
      const matching: NameEntry[] = []
      const cursor = bucket.names.seek(rule.fileNamePrefix)
      for (; cursor.entry?.name.startsWith(rule.fileNamePrefix); cursor.advance()) matching.push(cursor.entry)
      for (const entry of matching) applyRule(account, bucket, rule, entry)
    }
  }
}

const applyRule = (account: Account, bucket: Bucket, rule: LifecycleRule, entry: NameEntry): void => {
  const now = account.clock.now()
  const isDue = (since: number, days: number) => now - since >= days * millisecondsPerDay
  const cancelAfter = rule.daysFromStartingToCancelingUnfinishedLargeFiles ?? null
  const { daysFromUploadingToHiding: hideAfter, daysFromHidingToDeleting: deleteAfter } = rule

  if (cancelAfter !== null) {
    for (const version of [...entry.versions]) {
      if (version.action === "start" && isDue(version.timestamp, cancelAfter)) account.removeVersion(version)
    }
  }
  if (hideAfter !== null) {
    const current = currentVersion(entry)
    if (current?.action === "upload" && isDue(current.timestamp, hideAfter)) addHideMarker(account, bucket, entry.name)
  }
  if (deleteAfter === null) return
  const finished = entry.versions.filter((version) => version.action !== "start")
  finished.forEach((version, index) => {
    const hiddenSince = finished[index - 1]?.timestamp
    if (hiddenSince === undefined || !isDue(hiddenSince, deleteAfter)) return
    if (version.action === "hide" || !isLocked(version, now)) account.removeVersion(version)
  })
  const left = entry.versions.filter((version) => version.action !== "start")
  if (left.length === 1 && left[0]!.action === "hide") account.removeVersion(left[0]!)
}
