/** `versions` and `large`: what a service keeps besides the newest files. */
import * as Unfinished from "@ourclone/core/contract/LargeFile"
import type { Version } from "@ourclone/core/contract/Versions"
import * as Amount from "@ourclone/core/events/Amount"
import { printable } from "@ourclone/core/events/PrintableText"
import type { Fact } from "@ourclone/core/events/RunEvent"
import * as Age from "@ourclone/core/filter/Age"
import * as CancelUnfinished from "@ourclone/jobs/storage/CancelUnfinished"
import * as UnfinishedList from "@ourclone/jobs/storage/UnfinishedList"
import * as VersionList from "@ourclone/jobs/storage/VersionList"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { absolute } from "./AbsolutePlace.ts"
import * as JobRun from "./JobRun.ts"
import * as Output from "./Output.ts"
import * as QueryRun from "./QueryRun.ts"

const versionText = (version: Version): string => {
  const size = version.kind === "Hidden" ? "hidden" : Amount.bytes(version.size)
  return `${size.padStart(9)}  ${Amount.time(version.storedAt)}  ${printable(version.path)}  ${version.versionId}`
}

export const versions = Effect.fnUntraced(function* (flags: { readonly path: string }) {
  const output = yield* Output.make
  yield* QueryRun.each(VersionList.kind, { path: absolute(flags.path) }, output, (found) => {
    for (const version of found) {
      if (output.isJson) output.json({ _tag: "Version", ...version })
      else output.line(versionText(version))
    }
  })
}, Effect.scoped)

const wholeSeconds = (millis: number): number => Math.floor(millis / 1000) * 1000

const describe = (file: Unfinished.Unfinished, now: number): string => {
  const size = file.size === undefined ? "unknown" : Amount.bytes(file.size)
  return `${size.padStart(9)}  ${Age.format(wholeSeconds(now - file.startedAt)).padStart(9)} old  ${printable(file.path)}  ${file.id}`
}

const partsText = (parts: ReadonlyArray<typeof UnfinishedList.PartRow.Type>): string => {
  const bytes = parts.reduce((sum, part) => sum + part.size, 0)
  return `  ${Amount.counted(parts.length, "part")}, ${Amount.bytes(bytes)}`
}

export const list = Effect.fnUntraced(function* (flags: { readonly path: string }) {
  const output = yield* Output.make
  const now = yield* Clock.currentTimeMillis
  yield* QueryRun.each(UnfinishedList.kind, { path: absolute(flags.path) }, output, (rows) => {
    for (const row of rows) {
      if (output.isJson) output.json(row)
      else if (row._tag === "Unfinished") output.line(describe(row, now))
    }
  })
}, Effect.scoped)

export const parts = Effect.fnUntraced(function* (flags: { readonly path: string }) {
  const output = yield* Output.make
  const now = yield* Clock.currentTimeMillis
  let parts: Array<typeof UnfinishedList.PartRow.Type> | undefined
  const end = (): void => {
    if (parts !== undefined && !output.isJson) output.line(partsText(parts))
    parts = []
  }
  const take = (row: UnfinishedList.Row): void => {
    if (row._tag === "Unfinished") {
      end()
      if (!output.isJson) output.line(describe(row, now))
      return
    }
    parts?.push(row)
    if (output.isJson) output.json(row)
    else output.line(`  part ${row.number}: ${Amount.bytes(row.size)}  ${row.checksum}`)
  }
  const request = { path: absolute(flags.path), parts: true }
  yield* QueryRun.each(UnfinishedList.kind, request, output, (rows) => rows.forEach(take))
  end()
}, Effect.scoped)

const decodeUnfinished = Schema.decodeUnknownOption(Unfinished.Unfinished)

export const cancel = Effect.fnUntraced(function* (flags: {
  readonly path: string
  readonly olderThanMillis: number | undefined
  readonly dryRun: boolean
}) {
  const output = yield* Output.make
  const now = yield* Clock.currentTimeMillis
  const result = (fact: Fact): void => {
    if (fact._tag !== "Step" || fact.name !== CancelUnfinished.cancelStep) return
    const file = Option.getOrUndefined(decodeUnfinished(fact.detail))
    if (file === undefined) return
    if (output.isJson) output.json({ _tag: flags.dryRun ? "Unfinished" : "Cancelled", ...file })
    else output.line(`${flags.dryRun ? "cancel" : "cancelled"} ${describe(file, now).trimStart()}`)
  }
  const request = { path: absolute(flags.path), olderThanMillis: flags.olderThanMillis ?? 0 }
  const { summary } = yield* JobRun.run(CancelUnfinished.kind, request, output, {
    isPreview: flags.dryRun,
    asksForProgress: "never",
    printsEvents: false,
    inWords: () => undefined,
    result
  })
  if (summary.kept > 0) {
    output.note(`${Amount.files(summary.kept)} younger than that kept; they may still be on their way`)
  }
}, Effect.scoped)
