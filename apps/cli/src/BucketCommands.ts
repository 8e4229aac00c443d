/** The `bucket` commands. */
import type { Bucket } from "@ourclone/core/contract/Buckets"
import * as Amount from "@ourclone/core/events/Amount"
import { pad } from "@ourclone/core/events/PrintableText"
import type { Fact } from "@ourclone/core/events/RunEvent"
import { retrying } from "@ourclone/core/layers/Retry"
import { notThere } from "@ourclone/jobs/place/FileOrFolder"
import { openBucket } from "@ourclone/jobs/storage/BucketPlace"
import * as Buckets from "@ourclone/jobs/storage/Buckets"
import * as CreateBucket from "@ourclone/jobs/storage/CreateBucket"
import * as RemoveBucket from "@ourclone/jobs/storage/RemoveBucket"
import * as SetLifecycle from "@ourclone/jobs/storage/SetLifecycle"
import * as UpdateBucket from "@ourclone/jobs/storage/UpdateBucket"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import * as BucketText from "./BucketText.ts"
import * as ExitCode from "./ExitCode.ts"
import { given } from "./Given.ts"
import * as JobRun from "./JobRun.ts"
import * as OldVersionsCommand from "./OldVersionsCommand.ts"
import * as Output from "./Output.ts"
import { ask } from "./Prompt.ts"
import * as QueryRun from "./QueryRun.ts"
import { Streams } from "./Streams.ts"

const quietly = { isPreview: false, asksForProgress: "never", printsEvents: false, inWords: () => undefined } as const

const print = (output: Output.Output, bucket: Bucket): void => {
  const access = bucket.isPrivate ? "private" : "public "
  if (output.isJson) output.json({ _tag: "Bucket", ...bucket })
  else output.line(`${pad(bucket.name, 32)}  ${access}  ${bucket.id}`)
}

const printRules = (output: Output.Output, bucket: Bucket): void => {
  if (output.isJson) output.json({ _tag: "Bucket", ...bucket })
  else output.line(BucketText.rules(bucket))
}

export const list = Effect.fnUntraced(function* (flags: { readonly remote: string }) {
  const output = yield* Output.make
  const remote = flags.remote.includes(":") ? flags.remote : `${flags.remote}:`
  yield* QueryRun.each(Buckets.kind, { remote }, output, (found) => {
    for (const bucket of found) print(output, bucket)
  })
}, Effect.scoped)

export const create = Effect.fnUntraced(function* ({ bucket }: { readonly bucket: string }) {
  const output = yield* Output.make
  print(output, (yield* JobRun.run(CreateBucket.kind, { bucket }, output, quietly)).summary)
}, Effect.scoped)

type UpdateInput = { readonly [Name in keyof UpdateBucket.Request]: UpdateBucket.Request[Name] | undefined } & {
  readonly bucket: string
}

export const update = Effect.fnUntraced(function* (flags: UpdateInput) {
  const output = yield* Output.make
  print(output, (yield* JobRun.run(UpdateBucket.kind, given(flags), output, quietly)).summary)
}, Effect.scoped)

interface RemovalInput {
  readonly bucket: string
  readonly purge: boolean
  readonly confirm: string | undefined
  readonly dryRun: boolean
}

/** `12 versions of 3 files (1.2 MiB), 1 unfinished upload` */
const holds = ({ cancelled, ...removed }: RemoveBucket.Summary): string => {
  const uploads = Amount.counted(cancelled, "unfinished upload")
  return `${OldVersionsCommand.versionsText(removed)}, ${uploads}`
}

const previewRemoval = (request: RemoveBucket.Request, output: Output.Output, prints: boolean) => {
  const result = (fact: Fact): void => {
    const text = prints ? OldVersionsCommand.removalText(fact) : undefined
    if (text !== undefined) output.line(text)
  }
  const shown = prints ? {} : ({ printsEvents: false } as const)
  const options = { ...quietly, ...shown, isPreview: true, result }
  return Effect.map(JobRun.run(RemoveBucket.kind, request, output, options), ({ summary }) => summary)
}

/** The name that is typed, after what would go has been said; nobody is asked without a terminal. */
const askForName = Effect.fnUntraced(function* (request: RemoveBucket.Request, output: Output.Output) {
  const { isErrorTerminal, isInputTerminal } = yield* Streams
  if (!isErrorTerminal || !isInputTerminal) return undefined
  const summary = yield* previewRemoval(request, output, false)
  output.note(`${request.bucket} holds ${holds(summary)}, which go for good`)
  return yield* ask("Type the name of the bucket to remove it with all of that", false)
})

export const remove = Effect.fnUntraced(function* ({ bucket, confirm, dryRun, purge }: RemovalInput) {
  const output = yield* Output.make
  if (!purge && confirm !== undefined) return yield* ExitCode.usage("--confirm is for --purge")
  const request: RemoveBucket.Request = { bucket, purge }
  if (dryRun) {
    const summary = yield* previewRemoval(request, output, true)
    if (output.isJson || output.isQuiet) return
    const what = purge ? `${bucket} and ${holds(summary)}` : bucket
    return output.line(`${what} to remove. Nothing was done: --dry-run`)
  }
  const name = purge ? (confirm ?? (yield* askForName(request, output))) : undefined
  const options = purge
    ? ({ isPreview: false, asksForProgress: false, inWords: OldVersionsCommand.removalText } as const)
    : quietly
  const { summary, view } = yield* JobRun.run(RemoveBucket.kind, given({ ...request, confirm: name }), output, options)
  if (purge && !output.isJson) output.note(`${holds(summary)} removed for good`)
  yield* OldVersionsCommand.concludeFailures(output, view, summary.failed)
}, Effect.scoped)

/** What the account says of the bucket that `text` names. */
const find = Effect.fnUntraced(function* (text: string, output: Output.Output) {
  const { buckets, name } = yield* openBucket(text, QueryRun.beside(output).tell)
  const found = (yield* retrying(Stream.runCollect(buckets.list))).find((bucket) => bucket.name === name)
  return found === undefined ? yield* notThere(text, `there is no bucket "${name}"`) : found
})

export const show = Effect.fnUntraced(function* (flags: { readonly bucket: string }) {
  const output = yield* Output.make
  const bucket = yield* QueryRun.inWords(find(flags.bucket, output))
  if (output.isJson) output.json({ _tag: "Bucket", ...bucket })
  else for (const line of BucketText.all(bucket)) output.line(line)
}, Effect.scoped)

export interface LifecycleInput {
  readonly bucket: string
  readonly prefix: string | undefined
  readonly keepLast: boolean
  readonly daysToHide: number | undefined
  readonly daysToDelete: number | undefined
  readonly clear: boolean
}

/** Without a flag that changes something, the rules are only shown. */
export const lifecycle = Effect.fnUntraced(function* (flags: LifecycleInput) {
  const output = yield* Output.make
  const { clear, daysToDelete, daysToHide, keepLast } = flags
  const changes = [clear, keepLast, daysToHide !== undefined || daysToDelete !== undefined].filter(Boolean).length
  if (changes > 1)
    return yield* ExitCode.usage("choose one of --keep-last, --clear and --days-to-hide/--days-to-delete")
  if (changes === 0) return printRules(output, yield* QueryRun.inWords(find(flags.bucket, output)))
  printRules(output, (yield* JobRun.run(SetLifecycle.kind, given(flags), output, quietly)).summary)
}, Effect.scoped)
