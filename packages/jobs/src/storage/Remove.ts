/** Removes a file, or what a folder holds. Emptying a folder is making it the same as nothing. */
import { nowhere } from "@ourclone/core/contract/PlaceIdentity"
import type { Provider } from "@ourclone/core/contract/Provider"
import * as Plan from "@ourclone/core/engine/Plan"
import { preview } from "@ourclone/core/engine/Preview"
import * as Transfer from "@ourclone/core/engine/Transfer"
import { empty, TransferSummary as Summary } from "@ourclone/core/engine/TransferSummary"
import * as KeptVersions from "@ourclone/core/events/KeptVersions"
import type { Tell } from "@ourclone/core/events/Tell"
import { retrying } from "@ourclone/core/layers/Retry"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { InvalidJob } from "../kind/JobError.ts"
import type { Beside, JobKind } from "../kind/JobKind.ts"
import { whenPlaceBusy, whole } from "../kind/RequestFields.ts"
import * as Earlier from "../place/Earlier.ts"
import * as FileOrFolder from "../place/FileOrFolder.ts"
import { filterFields, filterOf } from "../place/FilterFields.ts"
import { hold, tellBusy } from "../place/HoldDestination.ts"
import * as RepositoryAmong from "../place/RepositoryAmong.ts"
import { openAt } from "./History.ts"
import { removing } from "./StorageFields.ts"

export const Request = Schema.Struct({
  ...removing,
  maxDelete: whole("Remove nothing if more files than this would go"),
  whenBusy: whenPlaceBusy,
  ...filterFields
})
export type Request = typeof Request.Type

const refuse = ({ recursive, versionId }: Request): InvalidJob | undefined =>
  recursive === true && versionId !== undefined
    ? new InvalidJob({ field: "versionId", message: "a version is of one file, and not of all that a folder holds" })
    : undefined

/** For good: what was stored before it comes to light where it was the newest. */
const removeVersion = Effect.fnUntraced(function* (request: Request, versionId: string, tell: Tell, does: boolean) {
  const { path, provider } = yield* openAt(request.path, tell)
  const version = yield* Earlier.versionAt(provider, path, versionId)
  const { remove } = yield* Earlier.versionsOf(provider)
  if (does) yield* retrying(remove(version))
  else tell.fact({ _tag: "Planned", files: 0, bytes: 0, removals: 1, isFinal: true })
  const values = { versionId }
  tell.fact({ _tag: does ? "Done" : "Would", deed: "removed", item: path, bytes: version.size, values })
  return { ...empty(), removed: 1 }
})

/** A side with nothing on it. */
const nothingLike = (provider: Provider): Provider => ({
  ...provider,
  name: "nothing",
  place: nowhere,
  capabilities: { ...provider.capabilities, listsInOrder: true },
  list: () => Stream.empty
})

const checkFolder = Effect.fnUntraced(function* (folder: FileOrFolder.FoundFolder, request: Request, tell: Tell) {
  if (!(yield* FileOrFolder.exists(folder, request.path, tell))) return yield* FileOrFolder.missing(request.path)
  if (request.recursive === true) return
  const message = `${request.path} is a folder, and what it holds is removed only where that is said`
  return yield* new InvalidJob({ field: "recursive", message })
})

const planOf = Effect.fnUntraced(function* ({ provider }: FileOrFolder.FoundFolder, request: Request) {
  const nothing = nothingLike(provider)
  const filter = yield* filterOf(request)
  return { nothing, plan: Plan.make(nothing, provider, { comparison: { by: "size" }, removesExtra: true, filter }) }
})

const transfersAtOnce = 16

const run = Effect.fnUntraced(function* (request: Request, { tell }: Beside) {
  if (request.versionId !== undefined) return yield* removeVersion(request, request.versionId, tell, true)
  const found = yield* FileOrFolder.find(request.path, tell)
  tell.fact(KeptVersions.told(found.provider.capabilities))
  if (found._tag === "File") {
    const { path } = found.file
    yield* retrying(found.provider.remove(path))
    tell.fact({ _tag: "Done", deed: "removed", item: path })
    return { ...empty(), removed: 1 }
  }
  yield* checkFolder(found, request, tell)
  yield* hold(found.provider, { type: "rm", whenBusy: request.whenBusy, tell })
  const { nothing, plan } = yield* planOf(found, request)
  return yield* Transfer.execute(nothing, found.provider, plan, {
    allowsEmptySource: true,
    maxDelete: request.maxDelete ?? Number.MAX_SAFE_INTEGER,
    transfers: transfersAtOnce,
    partConcurrency: 1,
    tell
  })
})

const previewOf = Effect.fnUntraced(function* (request: Request, { tell }: Beside) {
  if (request.versionId !== undefined) return yield* removeVersion(request, request.versionId, tell, false)
  const found = yield* FileOrFolder.find(request.path, tell)
  tell.fact(KeptVersions.told(found.provider.capabilities))
  if (found._tag === "File") {
    const { path, size } = found.file
    tell.fact({ _tag: "Planned", files: 0, bytes: 0, removals: 1, isFinal: true })
    tell.fact({ _tag: "Would", deed: "removed", item: path, bytes: size })
    return { ...empty(), removed: 1 }
  }
  yield* checkFolder(found, request, tell)
  yield* tellBusy(found.provider, { type: "rm", tell })
  const { plan } = yield* planOf(found, request)
  return yield* preview(plan, { removesSource: false, tell: RepositoryAmong.noticing(tell, request.path) })
})

export const kind: JobKind<"remove", Request, typeof Summary.Type> = {
  type: "remove",
  request: Request,
  summary: Summary,
  needs: () => [],
  refuse,
  preview: previewOf,
  run
}
