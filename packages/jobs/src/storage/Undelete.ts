/** Brings removed files back, or one version of a file, where a service keeps what was stored before. */
import type { File } from "@ourclone/core/contract/Entry"
import type { Provider } from "@ourclone/core/contract/Provider"
import { type RemotePath, root } from "@ourclone/core/contract/RemotePath"
import type { StorageError } from "@ourclone/core/contract/StorageError"
import { fileOf, type Versions } from "@ourclone/core/contract/Versions"
import * as Plan from "@ourclone/core/engine/Plan"
import * as Transfer from "@ourclone/core/engine/Transfer"
import { bringBack, type NameState, statesOf } from "@ourclone/core/engine/Undelete"
import { ofStorageError } from "@ourclone/core/events/StorageFailure"
import type { Tell } from "@ourclone/core/events/Tell"
import { onlyVersion, versionsOfName } from "@ourclone/core/layers/Earlier"
import { retrying } from "@ourclone/core/layers/Retry"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { InvalidJob, NothingThere } from "../kind/JobError.ts"
import type { Beside, JobKind } from "../kind/JobKind.ts"
import { whenPlaceBusy } from "../kind/RequestFields.ts"
import * as Earlier from "../place/Earlier.ts"
import { onlyFile } from "../place/FileOrFolder.ts"
import { filterFields, filterOf } from "../place/FilterFields.ts"
import { hold } from "../place/HoldDestination.ts"
import { open } from "../place/OpenPlace.ts"
import { openAt } from "./History.ts"
import { undeleting } from "./StorageFields.ts"

export const Request = Schema.Struct({
  ...undeleting,
  whenBusy: whenPlaceBusy,
  ...filterFields
})
export type Request = typeof Request.Type

export const Summary = Schema.Struct({
  restored: Schema.Int,
  /** Files that were not removed, or were what they were to be. */
  same: Schema.Int,
  failed: Schema.Int
})
export type Summary = typeof Summary.Type

const refuse = ({ recursive, versionId }: Request): InvalidJob | undefined =>
  recursive === true && versionId !== undefined
    ? new InvalidJob({ field: "versionId", message: "a version is of one file, and not of all that a folder holds" })
    : undefined

interface Place {
  readonly provider: Provider
  readonly path: RemotePath
  readonly versions: Versions
}

/** What is to be done with a name that was removed and can come back. */
interface Removed extends NameState {
  readonly stored: NonNullable<NameState["stored"]>
}

const isRemoved = (state: NameState): state is Removed => state.markers.length > 0 && state.stored !== undefined

const nothingKept = ({ path, provider }: Place, text: string) =>
  Effect.gen(function* () {
    const below = yield* retrying(Stream.runCollect(Stream.take(provider.versions?.list(path) ?? Stream.empty, 1)))
    const [first] = below
    if (first !== undefined && first.path !== path) {
      const message = `${text} is a folder, and what was removed from it comes back only where that is said`
      return yield* new InvalidJob({ field: "recursive", message })
    }
    return yield* new NothingThere({ message: `nothing that was stored at ${text} is kept` })
  })

const restoredFact = (tell: Tell, does: boolean, { path, size }: Pick<File, "path" | "size">): void =>
  tell.fact({ _tag: does ? "Done" : "Would", deed: "restored", item: path, bytes: size })

const one = Effect.fnUntraced(function* (at: Place, request: Request, tell: Tell, does: boolean) {
  const { path, provider, versions } = at
  const [state] = yield* retrying(Stream.runCollect(Stream.take(statesOf(versionsOfName(versions, path)), 1)))
  const wanted =
    request.versionId === undefined
      ? state?.stored
      : yield* Effect.flatMap(Earlier.versionAt(provider, path, request.versionId), Earlier.stored)
  if (state === undefined || wanted === undefined) return yield* nothingKept(at, request.path)
  const isLast = wanted.versionId === state.stored?.versionId
  tell.fact({ _tag: "Planned", files: 1, bytes: wanted.size, removals: 0, isFinal: true })
  if (isLast && state.markers.length === 0) {
    const because = request.versionId === undefined ? "it is not removed" : "this version is what is there"
    tell.fact({ _tag: "Skipped", item: path, because })
    return { restored: 0, same: 1, failed: 0 }
  }
  if (does && isLast) yield* retrying(bringBack(provider, versions, state.markers, wanted))
  if (does && !isLast) return yield* store(at, wanted, tell)
  restoredFact(tell, does, wanted)
  return { restored: 1, same: 0, failed: 0 }
})

/** A copy of an older version on top of what is there. */
const store = Effect.fnUntraced(function* (
  { path, provider }: Place,
  version: NonNullable<NameState["stored"]>,
  tell: Tell
) {
  const source = onlyVersion(provider, version)
  const destination = onlyFile(provider, path)
  const comparison = { by: "time", ignoresTimes: true } as const
  const plan = Plan.make(source, destination, { comparison, removesExtra: false })
  const options = { allowsEmptySource: true, transfers: 1, partConcurrency: 4, tell }
  const { failed } = yield* Transfer.execute(source, destination, plan, options)
  return { restored: 1 - failed, same: 0, failed }
})

const atOnce = 16

const all = Effect.fnUntraced(function* (at: Place, request: Request, tell: Tell, does: boolean) {
  const { path, provider, versions } = at
  const filter = yield* filterOf(request)
  const counts = { restored: 0, same: 0, failed: 0 }
  let bytes = 0
  const failed = (error: StorageError, item: RemotePath): Effect.Effect<void, StorageError> => {
    if (error.stopsJob) return Effect.fail(error)
    counts.failed++
    tell.fact({ _tag: "Failed", failure: ofStorageError(error, item) })
    return Effect.void
  }
  const restore = ({ markers, stored }: Removed): Effect.Effect<void, StorageError> => {
    const work = does ? retrying(bringBack(provider, versions, markers, stored)) : Effect.void
    return Effect.matchEffect(work, {
      onFailure: (error) => failed(error, stored.path),
      onSuccess: () =>
        Effect.sync(() => {
          counts.restored++
          bytes += stored.size
          restoredFact(tell, does, stored)
        })
    })
  }
  const removed = statesOf(versions.list(path)).pipe(
    Stream.filter(isRemoved),
    Stream.filter(({ stored }) => filter === undefined || filter.includes(fileOf(stored)))
  )
  const gauge = () =>
    ({ _tag: "Progress", phase: "transferring", files: counts.restored + counts.failed, bytes, current: [] }) as const
  yield* Stream.runForEachArray(removed, (some) => {
    tell.gauge(gauge)
    return Effect.andThen(Effect.forEach(some, restore, { concurrency: atOnce, discard: true }), tell.room)
  })
  tell.fact({ _tag: "Planned", files: counts.restored + counts.failed, bytes, removals: 0, isFinal: true })
  return counts
})

const perform = (does: boolean) =>
  Effect.fnUntraced(function* (request: Request, { tell }: Beside) {
    if (request.recursive !== true) {
      const { path, provider } = yield* openAt(request.path, tell)
      return yield* one({ path, provider, versions: yield* Earlier.versionsOf(provider) }, request, tell, does)
    }
    const provider = yield* open(request.path, tell)
    const versions = yield* Earlier.versionsOf(provider)
    if (does) yield* hold(provider, { type: "undelete", whenBusy: request.whenBusy, tell })
    return yield* all({ path: root, provider, versions }, request, tell, does)
  })

export const kind: JobKind<"undelete", Request, Summary> = {
  type: "undelete",
  request: Request,
  summary: Summary,
  needs: () => [],
  refuse,
  preview: perform(false),
  run: perform(true)
}
