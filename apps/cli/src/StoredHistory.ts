/** `versions` and `large`: what a service keeps besides the newest files. */

import type { Unfinished } from "@ourclone/core/contract/LargeFile"
import type { Provider } from "@ourclone/core/contract/Provider"
import { type RemotePath, root } from "@ourclone/core/contract/RemotePath"
import * as Age from "@ourclone/core/filter/Age"
import { retrying } from "@ourclone/core/layers/Retry"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Stream from "effect/Stream"
import * as Amount from "./Amount.ts"
import * as ExitCode from "./ExitCode.ts"
import * as Output from "./Output.ts"
import * as Place from "./Place.ts"
import { printable } from "./PrintableText.ts"

interface At {
  readonly provider: Provider
  readonly path: RemotePath
}

/** A provider and the path in it that means a file or a folder, whichever `text` names. */
const openAt = (text: string) => {
  const parent = Place.parentOf(text, true)
  const whole = Effect.map(Place.open(text), (provider): At => ({ provider, path: root }))
  if (parent === undefined || !Place.split(text).path.replace(/\/+$/, "").includes("/")) return whole
  // A key for names below a prefix opens the prefix, and not the folder around it.
  return Effect.map(Place.open(parent.folder), (provider): At => ({ provider, path: parent.name })).pipe(
    Effect.catchReason("StorageError", "PermissionDenied", () => whole)
  )
}

const versionsOf = (provider: Provider) =>
  provider.buckets !== undefined && provider.location === ""
    ? Effect.fail(ExitCode.usage(`${provider.name} files are in buckets; name one: bucket or bucket/folder`))
    : provider.versions === undefined
      ? Effect.fail(ExitCode.usage(`${provider.name} keeps no old versions`))
      : Effect.succeed(provider.versions)

export const versions = Effect.fnUntraced(function* (flags: { readonly path: string }) {
  const output = yield* Output.make
  const { path, provider } = yield* openAt(flags.path)
  const { list } = yield* versionsOf(provider)
  let isEmpty = true
  yield* Stream.runForEachArray(list(path), (found) =>
    Effect.sync(() => {
      isEmpty = false
      for (const version of found) {
        if (output.isJson) {
          output.json({ _tag: "Version", ...version })
          continue
        }
        const size = version.kind === "Hidden" ? "hidden" : Amount.bytes(version.size)
        output.line(
          `${size.padStart(9)}  ${Amount.time(version.storedAt)}  ${printable(version.path)}  ${version.versionId}`
        )
      }
    })
  )
  if (isEmpty && !(yield* Place.isFolder(flags.path))) return yield* Place.missing(flags.path)
}, Effect.scoped)

const largeFilesOf = (provider: Provider) =>
  provider.largeFile === undefined
    ? Effect.fail(ExitCode.usage(`${provider.name} does not store files in parts`))
    : Effect.succeed(provider.largeFile)

const unfinishedAt = Effect.fnUntraced(function* (text: string) {
  const { path, provider } = yield* openAt(text)
  const largeFile = yield* largeFilesOf(provider)
  const found = yield* retrying(Stream.runCollect(largeFile.unfinished(path)))
  return { largeFile, found, path: path as RemotePath }
})

const describe = (file: Unfinished, now: number): string => {
  const size = file.size === undefined ? "unknown" : Amount.bytes(file.size)
  return `${size.padStart(9)}  ${Age.format(now - file.startedAt).padStart(9)} old  ${printable(file.path)}  ${file.id}`
}

export const list = Effect.fnUntraced(function* (flags: { readonly path: string }) {
  const output = yield* Output.make
  const now = yield* Clock.currentTimeMillis
  const { found } = yield* unfinishedAt(flags.path)
  for (const file of found) {
    if (output.isJson) output.json({ _tag: "Unfinished", ...file })
    else output.line(describe(file, now))
  }
}, Effect.scoped)

export const parts = Effect.fnUntraced(function* (flags: { readonly path: string }) {
  const output = yield* Output.make
  const now = yield* Clock.currentTimeMillis
  const { found, largeFile } = yield* unfinishedAt(flags.path)
  if (found.length === 0) return yield* Place.missing(flags.path)
  for (const file of found) {
    const arrived = yield* retrying(Stream.runCollect(largeFile.parts(file)))
    if (!output.isJson) output.line(describe(file, now))
    for (const part of arrived) {
      if (output.isJson) output.json({ _tag: "Part", path: file.path, id: file.id, ...part })
      else output.line(`  part ${part.number}: ${Amount.bytes(part.size)}  ${part.checksum}`)
    }
    const bytes = arrived.reduce((sum, part) => sum + part.size, 0)
    if (!output.isJson) output.line(`  ${Amount.count(arrived.length)} parts, ${Amount.bytes(bytes)}`)
  }
}, Effect.scoped)

export const cancel = Effect.fnUntraced(function* (flags: {
  readonly path: string
  readonly olderThan: string
  readonly dryRun: boolean
}) {
  const output = yield* Output.make
  const now = yield* Clock.currentTimeMillis
  const age = Age.parse(flags.olderThan, now)
  if (Result.isFailure(age)) return yield* ExitCode.usage(`--older-than: ${age.failure}`)
  const { found, largeFile } = yield* unfinishedAt(flags.path)
  const old = found.filter((file) => now - file.startedAt >= (age.success ?? 0))
  for (const file of old) {
    if (!flags.dryRun) yield* retrying(largeFile.cancel(file))
    if (output.isJson) output.json({ _tag: flags.dryRun ? "Unfinished" : "Cancelled", ...file })
    else output.line(`${flags.dryRun ? "cancel" : "cancelled"} ${describe(file, now).trimStart()}`)
  }
  const kept = found.length - old.length
  if (kept > 0)
    output.note(`${Amount.files(kept)} younger than ${flags.olderThan} kept; they may still be on their way`)
}, Effect.scoped)
