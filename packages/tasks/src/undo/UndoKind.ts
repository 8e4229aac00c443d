/** Takes a copy, sync, move or removal back where the storage kept the versions. */
import type { Provider } from "@ourclone/core/contract/Provider"
import { compare, type RemotePath } from "@ourclone/core/contract/RemotePath"
import type { StorageError } from "@ourclone/core/contract/StorageError"
import { fileOf, type Version, type Versions } from "@ourclone/core/contract/Versions"
import { GuardStopped } from "@ourclone/core/engine/Guard"
import * as Plan from "@ourclone/core/engine/Plan"
import * as Transfer from "@ourclone/core/engine/Transfer"
import { bringBack } from "@ourclone/core/engine/Undelete"
import { ofStorageError } from "@ourclone/core/events/StorageFailure"
import type { Tell } from "@ourclone/core/events/Tell"
import * as Earlier from "@ourclone/core/layers/Earlier"
import { retrying } from "@ourclone/core/layers/Retry"
import { current } from "@ourclone/core/machine/ProcessIdentity"
import { InvalidJob, type JobError } from "@ourclone/jobs/kind/JobError"
import type { Beside, JobKind } from "@ourclone/jobs/kind/JobKind"
import { flag } from "@ourclone/jobs/kind/RequestFields"
import { type Surroundings, ThisMachine } from "@ourclone/jobs/kind/Surroundings"
import * as JobEarlier from "@ourclone/jobs/place/Earlier"
import { hold, tellBusy } from "@ourclone/jobs/place/HoldDestination"
import { open } from "@ourclone/jobs/place/OpenPlace"
import { parentOf } from "@ourclone/jobs/place/PlaceText"
import * as RepositoryAmong from "@ourclone/jobs/place/RepositoryAmong"
import * as Sides from "@ourclone/jobs/transfer/Sides"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import type { Readable } from "../store/Readable.ts"
import * as OtherMachines from "../task/OtherMachines.ts"
import type { Task } from "../task/Task.ts"
import { hasEnded } from "../task/TaskState.ts"
import * as TakeBack from "./TakeBack.ts"
import * as Touched from "./Touched.ts"
import { isOfKind } from "./Undoable.ts"

export const Request = Schema.Struct({
  task: Schema.String.annotate({ description: "The task that is taken back" }),
  partly: flag("Take back what can be, though some of it can not")
})
export type Request = typeof Request.Type

export const Summary = Schema.Struct({
  /** Came back: what was overwritten or removed. */
  restored: Schema.Int,
  /** Was new, and is hidden. */
  hidden: Schema.Int,
  /** Is at the source of the move again. */
  movedBack: Schema.Int,
  /** Could not be taken back, and stays as it is. */
  left: Schema.Int,
  failed: Schema.Int
})
export type Summary = typeof Summary.Type

/** What is read of the request of the task. */
const Transferred = Schema.Struct({
  source: Schema.String,
  destination: Schema.String,
  links: Schema.optionalKey(Schema.Boolean)
})
type Transferred = typeof Transferred.Type
const decodeTransferred = Schema.decodeUnknownOption(Transferred)

const Removed = Schema.Struct({
  path: Schema.String,
  recursive: Schema.optionalKey(Schema.Boolean),
  /** What was removed by it is gone for good. */
  versionId: Schema.optionalKey(Schema.String)
})
const decodeRemoved = Schema.decodeUnknownOption(Removed)

/** A removal as a transfer from nowhere to the folder that it removed from. */
const ofRemoval = (request: unknown): Transferred | undefined => {
  const removed = Option.getOrUndefined(decodeRemoved(request))
  if (removed === undefined || removed.versionId !== undefined) return undefined
  const folder = removed.recursive === true ? removed.path : parentOf(removed.path)?.folder
  return folder === undefined ? undefined : { source: "", destination: folder }
}

const atOnce = 16
/** Above so many names the versions of the whole folder are listed rather than those of each name. */
const fewNames = 50

const journalFailed = ({ message }: { readonly message: string }) => new InvalidJob({ message })

/** Of machines that share a journal, only the one where it was asked for has the folders that a task names. */
const refuseElsewhere = Effect.fnUntraced(function* (task: Task) {
  const { database } = yield* ThisMachine
  const { id, machine } = task
  if (database === undefined || machine === null || (yield* OtherMachines.mayRun(current().host, task))) return
  return yield* new InvalidJob({
    message: `task ${id} is one of ${machine}, and what it names is there: take it back on that machine`
  })
})

const transferredBy = Effect.fnUntraced(function* ({ id, kind, request, state }: Task) {
  if (!hasEnded(state)) return yield* new InvalidJob({ message: `task ${id} has not ended: cancel it first` })
  const transferred = kind === "remove" ? ofRemoval(request) : Option.getOrUndefined(decodeTransferred(request))
  if (!isOfKind(kind) || transferred === undefined) {
    return yield* new InvalidJob({
      message: `task ${id} (${kind}) can not be taken back; a copy, sync, move or removal can, unless it removed for good`
    })
  }
  return transferred
})

/** The versions of each of `names`, the newest first; of a name without any, none. */
const versionsOf = (versions: Versions, names: ReadonlyMap<string, unknown>) => {
  if (names.size <= fewNames) {
    return Stream.fromIterable(names.keys()).pipe(
      Stream.mapEffect(
        (name) =>
          Effect.map(
            retrying(Stream.runCollect(Earlier.versionsOfName(versions, name as RemotePath))),
            (found) => [name, found] as const
          ),
        { concurrency: atOnce }
      )
    )
  }
  return Stream.suspend(() => {
    const left = new Set(names.keys())
    let open: Array<Version> = []
    const close = (): ReadonlyArray<readonly [string, ReadonlyArray<Version>]> => {
      const [first] = open
      const group = open
      open = []
      if (first === undefined || !left.delete(first.path)) return []
      return [[first.path, group]]
    }
    const listed = Stream.mapAccum(
      versions.list("" as RemotePath),
      () => undefined,
      (_, version: Version) => {
        const ended = open[0]?.path === version.path ? [] : close()
        open.push(version)
        return [undefined, ended] as const
      },
      { onHalt: close }
    )
    return Stream.concat(
      listed,
      Stream.suspend(() => Stream.fromIterable([...left].map((name) => [name, []] as const)))
    )
  })
}

interface Decided {
  readonly path: RemotePath
  readonly takeBack: TakeBack.TakeBack
}

/** `provider` as if only these names were there. */
const only = (provider: Provider, names: ReadonlySet<string>): Provider => ({
  ...provider,
  list: (directory, options) =>
    Stream.filter(provider.list(directory, options), ({ _tag, path }) => _tag === "File" && names.has(path))
})

/** What was moved away comes back to where it was, before it goes from where it is. */
const moveBack = Effect.fnUntraced(function* (
  transferred: typeof Transferred.Type,
  destination: Provider,
  names: ReadonlySet<string>,
  tell: Tell,
  does: boolean
) {
  if (names.size === 0) return { movedBack: 0, failed: 0 }
  if (!does) {
    for (const name of names) tell.fact({ _tag: "Would", deed: "stored", item: name, because: "back to the source" })
    return { movedBack: names.size, failed: 0 }
  }
  const [name] = names
  const isOneFile = names.size === 1 && name !== undefined && transferred.source.endsWith(`/${name}`)
  const place = isOneFile ? transferred.source.slice(0, -name.length) : transferred.source
  const source = yield* open(place, tell, { links: transferred.links })
  const plan = Plan.make(only(destination, names), source, { comparison: { by: "time" }, removesExtra: false })
  const options = { allowsEmptySource: true, transfers: atOnce, partConcurrency: 4, tell }
  const summary = yield* Transfer.execute(only(destination, names), source, plan, options)
  return { movedBack: summary.stored + summary.copied, failed: summary.failed }
})

const refusal = (left: number, all: number) =>
  new GuardStopped({
    guard: "undo",
    message: `${left} of ${all} can not be taken back, so nothing was`,
    remedy: { code: "undoPartly" }
  })

/** Of a task that is kept in `store`. */
export const make = (store: Readable<{ readonly message: string }>): JobKind<"undo", Request, Summary> => {
  const decide = Effect.fnUntraced(function* (versions: Versions, touched: Touched.Touched) {
    const decided: Array<Decided> = []
    yield* Stream.runForEach(versionsOf(versions, touched.files), ([name, found]) =>
      Effect.sync(() => {
        const touch = touched.files.get(name)
        if (touch !== undefined) decided.push({ path: name as RemotePath, takeBack: TakeBack.of(found, touch) })
      })
    )
    return decided
  })

  const perform = (does: boolean) =>
    Effect.fnUntraced(function* (
      request: Request,
      { tell }: Beside
    ): Effect.fn.Return<
      Summary,
      JobError,
      Surroundings | Effect.Services<ReturnType<typeof open>> | Effect.Services<ReturnType<typeof hold>>
    > {
      const task = yield* Effect.mapError(store.load(request.task), journalFailed)
      const transferred = yield* transferredBy(task)
      yield* refuseElsewhere(task)
      const touched = yield* Effect.mapError(Touched.read(store, task.id), journalFailed)
      if (touched === undefined) {
        return yield* new InvalidJob({
          message: `task ${task.id} can not be taken back: of it only sums are kept, so nobody knows what it did; bring its files back one by one, by their versions`
        })
      }
      const destination = yield* Sides.openDestination({ ...transferred, createsBucket: false }, tell)
      const versions = yield* Effect.mapError(
        JobEarlier.versionsOf(destination, transferred.destination),
        ({ message }) =>
          new InvalidJob({
            message: `task ${task.id} can not be taken back: ${message}, so what it replaced or removed is only in a backup, where there is one`
          })
      )
      if (does) yield* hold(destination, { type: "undo", whenBusy: undefined, tell })
      else yield* tellBusy(destination, { type: "undo", tell })
      const decided = yield* decide(versions, touched)

      let left = 0
      for (const { path, takeBack } of decided) {
        if (takeBack._tag !== "Impossible") continue
        left++
        tell.fact({ _tag: "Skipped", item: path, because: takeBack.because })
      }
      if (does && left > 0 && request.partly !== true) return yield* refusal(left, decided.length)
      const toDo = decided
        .filter(({ takeBack }) => takeBack._tag === "Restore" || takeBack._tag === "Hide")
        .sort((left, right) => compare(left.path, right.path))
      const hides = toDo.filter(({ takeBack }) => takeBack._tag === "Hide").length
      tell.fact({ _tag: "Planned", files: toDo.length - hides, bytes: 0, removals: hides, isFinal: true })

      const impossible = new Set(
        decided.flatMap(({ path, takeBack }) => (takeBack._tag === "Impossible" ? [path] : []))
      )
      const movers = [...touched.files].flatMap(([name, { isMoved }]) => (isMoved ? [name] : []))
      const moved = new Set(movers.filter((name) => !impossible.has(name as RemotePath)))
      const { failed: notMoved, movedBack } = yield* moveBack(transferred, destination, moved, tell, does)
      const counts = { restored: 0, hidden: 0, movedBack, left, failed: notMoved }
      // What is at the source again in part only stays where it is.
      if (notMoved > 0) return counts

      const failed = (path: RemotePath) => (error: StorageError) => {
        if (error.stopsJob) return Effect.fail(error)
        counts.failed++
        tell.fact({ _tag: "Failed", failure: ofStorageError(error, path) })
        return Effect.void
      }
      const noticing = RepositoryAmong.noticing(tell, transferred.destination)
      const hide = versions.hide ?? destination.remove
      const { copy } = destination
      const restore = (
        stored: Version,
        markers: ReadonlyArray<Version> | undefined
      ): Effect.Effect<void, StorageError> => {
        if (markers !== undefined) return bringBack(destination, versions, markers, stored)
        return copy === undefined ? Effect.void : Effect.asVoid(copy(fileOf(stored), destination.location, stored.path))
      }
      const act = ({ path, takeBack }: Decided): Effect.Effect<void, StorageError> => {
        const isRestore = takeBack._tag === "Restore"
        if (!isRestore && takeBack._tag !== "Hide") return Effect.void
        const tag = does ? "Done" : "Would"
        const work = isRestore ? restore(takeBack.stored, takeBack.markers) : hide(path)
        return Effect.andThen(does ? retrying(work) : Effect.void, () =>
          Effect.sync(() => {
            if (isRestore) counts.restored++
            else counts.hidden++
            const bytes = isRestore ? { bytes: takeBack.stored.size } : {}
            noticing.fact({ _tag: tag, deed: isRestore ? "restored" : "removed", item: path, ...bytes })
          })
        ).pipe(Effect.catch(failed(path)), Effect.andThen(tell.room))
      }
      yield* Effect.forEach(toDo, act, { concurrency: does ? atOnce : 1, discard: true })

      if (!does) return counts
      const { makeDirectory, removeDirectory } = destination
      for (const path of touched.directoriesMade.toSorted().reverse()) {
        yield* Effect.catch(retrying(removeDirectory?.(path as RemotePath) ?? Effect.void), failed(path as RemotePath))
      }
      for (const path of touched.directoriesRemoved) {
        yield* Effect.catch(retrying(makeDirectory?.(path as RemotePath) ?? Effect.void), failed(path as RemotePath))
      }
      return counts
    })

  return {
    type: "undo",
    request: Request,
    summary: Summary,
    needs: () => [],
    preview: perform(false),
    run: perform(true)
  }
}
