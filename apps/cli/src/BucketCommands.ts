/** The `bucket` commands. */
import type { Bucket, LifecycleRule } from "@ourclone/core/contract/Buckets"
import type { Provider } from "@ourclone/core/contract/Provider"
import { StorageError } from "@ourclone/core/contract/StorageError"
import { retrying } from "@ourclone/core/layers/Retry"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import * as ExitCode from "./ExitCode.ts"
import * as Output from "./Output.ts"
import * as Place from "./Place.ts"
import { pad, printable } from "./PrintableText.ts"

const bucketsOf = (provider: Provider) =>
  provider.buckets === undefined
    ? Effect.fail(ExitCode.usage(`${provider.name || "this folder"} has no buckets; name a B2 remote, such as b2:`))
    : Effect.succeed(provider.buckets)

/** The account and the bucket that `b2:name` means. */
const openBucket = Effect.fnUntraced(function* (text: string) {
  const { path, prefix } = Place.split(text)
  const name = path.replace(/^\/+|\/+$/g, "")
  if (prefix === "" || name === "" || name.includes("/")) {
    return yield* ExitCode.usage(`"${text}" does not name a bucket; write remote:bucket, such as b2:my-bucket`)
  }
  const buckets = yield* bucketsOf(yield* Place.open(prefix))
  return { buckets, name }
})

/** Names the bucket in the error, rather than the account. */
const about = (bucket: string) =>
  Effect.mapError(({ operation, reason }: StorageError) => new StorageError({ provider: bucket, operation, reason }))

const inDays = (days: number): string => (days === 1 ? "1 day" : `${days} days`)

const ruleText = ({ daysToCancelUnfinished, daysToDelete, daysToHide, prefix }: LifecycleRule): string => {
  const parts = [
    daysToHide === undefined ? undefined : `hide after ${inDays(daysToHide)}`,
    daysToDelete === undefined ? undefined : `delete old versions after ${inDays(daysToDelete)}`,
    daysToCancelUnfinished === undefined ? undefined : `cancel unfinished files after ${inDays(daysToCancelUnfinished)}`
  ].filter((part) => part !== undefined)
  return `${prefix === "" ? "every file" : `"${printable(prefix)}"`}: ${parts.join(", ") || "keep everything"}`
}

const print = (output: Output.Output, bucket: Bucket): void => {
  const access = bucket.isPrivate ? "private" : "public "
  if (output.isJson) output.json({ _tag: "Bucket", ...bucket })
  else output.line(`${pad(bucket.name, 32)}  ${access}  ${bucket.id}`)
}

const rulesText = ({ lifecycle, name }: Bucket): string =>
  lifecycle.length === 0
    ? `${name} has no lifecycle rules: old versions are kept for ever`
    : lifecycle.map(ruleText).join("\n")

const printRules = (output: Output.Output, bucket: Bucket): void => {
  if (output.isJson) output.json({ _tag: "Bucket", ...bucket })
  else output.line(rulesText(bucket))
}

export const list = Effect.fnUntraced(function* (flags: { readonly remote: string }) {
  const output = yield* Output.make
  const remote = flags.remote.includes(":") ? flags.remote : `${flags.remote}:`
  const buckets = yield* bucketsOf(yield* Place.open(remote))
  for (const bucket of yield* retrying(Stream.runCollect(buckets.list))) print(output, bucket)
}, Effect.scoped)

export const create = Effect.fnUntraced(function* (flags: { readonly bucket: string }) {
  const output = yield* Output.make
  const { buckets, name } = yield* openBucket(flags.bucket)
  print(output, yield* about(flags.bucket)(retrying(buckets.create(name))))
}, Effect.scoped)

export const remove = Effect.fnUntraced(function* (flags: { readonly bucket: string }) {
  const { buckets, name } = yield* openBucket(flags.bucket)
  yield* about(flags.bucket)(retrying(buckets.remove(name)))
}, Effect.scoped)

export interface LifecycleInput {
  readonly bucket: string
  readonly prefix: string
  readonly keepLast: boolean
  readonly daysToHide: number | undefined
  readonly daysToDelete: number | undefined
  readonly clear: boolean
}

/** Without a flag that changes something, the rules are only shown. A rule replaces the one of the same prefix. */
export const lifecycle = Effect.fnUntraced(function* (flags: LifecycleInput) {
  const output = yield* Output.make
  const { clear, daysToDelete, daysToHide, keepLast, prefix } = flags
  const changes = [clear, keepLast, daysToHide !== undefined || daysToDelete !== undefined].filter(Boolean).length
  if (changes > 1)
    return yield* ExitCode.usage("choose one of --keep-last, --clear and --days-to-hide/--days-to-delete")
  const { buckets, name } = yield* openBucket(flags.bucket)
  const found = (yield* retrying(Stream.runCollect(buckets.list))).find((bucket) => bucket.name === name)
  if (found === undefined) return yield* Place.missing(flags.bucket)
  if (changes === 0) return printRules(output, found)
  const others = found.lifecycle.filter((rule) => rule.prefix !== prefix)
  const rule: LifecycleRule = {
    prefix,
    ...(daysToHide === undefined ? {} : { daysToHide }),
    ...(keepLast ? { daysToDelete: 1 } : daysToDelete === undefined ? {} : { daysToDelete })
  }
  printRules(output, yield* retrying(buckets.setLifecycle(name, clear ? others : [...others, rule])))
}, Effect.scoped)
