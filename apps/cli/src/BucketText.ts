/** What a bucket is like, in lines for people. */
import type { Bucket, LifecycleRule } from "@ourclone/core/contract/Buckets"
import * as Amount from "@ourclone/core/events/Amount"
import { printable } from "@ourclone/core/events/PrintableText"

const inDays = (days: number): string => Amount.counted(days, "day")

const ruleText = ({ daysToCancelUnfinished, daysToDelete, daysToHide, prefix }: LifecycleRule): string => {
  const parts = [
    daysToHide === undefined ? undefined : `hide after ${inDays(daysToHide)}`,
    daysToDelete === undefined ? undefined : `delete old versions after ${inDays(daysToDelete)}`,
    daysToCancelUnfinished === undefined ? undefined : `cancel unfinished files after ${inDays(daysToCancelUnfinished)}`
  ].filter((part) => part !== undefined)
  return `${prefix === "" ? "every file" : `"${printable(prefix)}"`}: ${parts.join(", ") || "keep everything"}`
}

export const rules = ({ lifecycle, name }: Bucket): string =>
  lifecycle.length === 0
    ? `${name} has no lifecycle rules: old versions are kept for ever`
    : lifecycle.map(ruleText).join("\n")

const retentionText = (retention: Bucket["retention"]): string | undefined =>
  retention === undefined || retention === "none" ? retention : `${retention.mode}, ${inDays(retention.days)}`

const onOff = (is: boolean | undefined): string | undefined => (is === undefined ? undefined : is ? "on" : "off")

/** One a line, with its name before it. What the service does not say, or not to this key, is left out. */
export const all = (bucket: Bucket): ReadonlyArray<string> => {
  const { cors, encryption, id, info, isPrivate, lifecycle, name, objectLock, retention } = bucket
  const notes = info === undefined ? undefined : Object.entries(info).map(([key, value]) => `${key}=${value}`)
  const facts: ReadonlyArray<readonly [string, ReadonlyArray<string> | string | undefined]> = [
    ["name", name],
    ["id", id],
    ["access", isPrivate ? "private" : "public"],
    ["object lock", onOff(objectLock)],
    ["retention", retentionText(retention)],
    ["encryption", encryption],
    ["lifecycle", lifecycle.length === 0 ? "old versions are kept for ever" : lifecycle.map(ruleText)],
    ["info", notes?.length === 0 ? "none" : notes],
    ["cors", cors?.length === 0 ? "none" : cors?.map((rule) => JSON.stringify(rule))]
  ]
  return facts.flatMap(([label, value]) =>
    value === undefined ? [] : [value].flat().map((line) => `${label.padEnd(13)}${printable(line)}`)
  )
}
