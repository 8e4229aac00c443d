/** `rm` and `mkdir`. Emptying a folder is making it the same as nothing. */

import { nowhere } from "@ourclone/core/contract/PlaceIdentity"
import type { Provider } from "@ourclone/core/contract/Provider"
import { InvalidRequest, StorageError } from "@ourclone/core/contract/StorageError"
import * as Plan from "@ourclone/core/engine/Plan"
import * as Transfer from "@ourclone/core/engine/Transfer"
import { retrying } from "@ourclone/core/layers/Retry"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import * as ExitCode from "./ExitCode.ts"
import type { FilterInput } from "./FilterFlags.ts"
import { filterOf } from "./FilterRules.ts"
import * as Lock from "./Lock.ts"
import * as Output from "./Output.ts"
import * as Place from "./Place.ts"
import { printable } from "./PrintableText.ts"
import * as TransferReport from "./TransferReport.ts"

/** A side with nothing on it. */
const nothingLike = (provider: Provider): Provider => ({
  ...provider,
  name: "nothing",
  place: nowhere,
  capabilities: { ...provider.capabilities, listsInOrder: true },
  list: () => Stream.empty
})

const removeFile = Effect.fnUntraced(function* (output: Output.Output, found: Place.StoredFile, dryRun: boolean) {
  const { path } = found.file
  if (!dryRun) yield* retrying(found.provider.remove(path))
  if (output.isJson) output.json({ _tag: dryRun ? "Remove" : "Removed", path })
  else if (dryRun) output.line(`remove ${printable(path)}`)
  else if (output.isVerbose) output.note(`removed ${printable(path)}`)
})

export const rm = Effect.fnUntraced(function* (flags: {
  readonly path: string
  readonly recursive: boolean
  readonly dryRun: boolean
  readonly filter: FilterInput
}) {
  const output = yield* Output.make
  const found = yield* Place.findFile(flags.path)
  if (found !== undefined) return yield* removeFile(output, found, flags.dryRun)
  const folder = yield* Place.open(flags.path)
  if (!(yield* Place.isFolder(flags.path))) return yield* Place.missing(flags.path)
  if (!flags.recursive) {
    return yield* ExitCode.usage(`${flags.path} is a folder; to remove what it holds, say --recursive`)
  }
  const nothing = nothingLike(folder)
  const filter = yield* filterOf(flags.filter)
  const plan = Plan.make(nothing, folder, { comparison: { by: "size" }, removesExtra: true, filter })
  if (flags.dryRun) return yield* Effect.asVoid(TransferReport.print(plan, output, "remove"))
  yield* Lock.acquire("rm", folder)
  const limits = { allowsEmptySource: true, maxDelete: Number.MAX_SAFE_INTEGER }
  const { conclude, summary } = yield* TransferReport.watch(output, "remove", false, (tell) =>
    Transfer.execute(nothing, folder, plan, { ...limits, transfers: 16, partConcurrency: 1, tell })
  )
  conclude()
  if (summary.failed > 0) return yield* new ExitCode.CommandStopped({ code: ExitCode.someFilesFailed, message: "" })
}, Effect.scoped)

const noFolders = (text: string) =>
  new StorageError({
    provider: text,
    operation: "makeDirectory",
    reason: new InvalidRequest({ message: "this service keeps no empty folders; a folder appears with its first file" })
  })

export const mkdir = Effect.fnUntraced(function* (flags: { readonly path: string }) {
  const parent = Place.parentOf(flags.path, true)
  if (parent === undefined) return yield* ExitCode.usage(`"${flags.path}" does not name a new folder`)
  const above = yield* Place.open(parent.folder)
  if (above.buckets !== undefined && above.location === "") {
    return yield* ExitCode.usage(`${flags.path} would be a bucket; make it with: ourclone bucket create ${flags.path}`)
  }
  if (above.makeDirectory === undefined) return yield* noFolders(flags.path)
  yield* retrying(above.makeDirectory(parent.name))
}, Effect.scoped)
