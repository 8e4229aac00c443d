/** Doing what a plan says, and telling the world about it. */
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Queue from "effect/Queue"
import * as Stream from "effect/Stream"
import type { ByteSource } from "../contract/ByteSource.ts"
import type { File } from "../contract/Entry.ts"
import type { Provider } from "../contract/Provider.ts"
import { compare, parent, type RemotePath } from "../contract/RemotePath.ts"
import { AlreadyExists, ChecksumMismatch, SourceChanged, StorageError } from "../contract/StorageError.ts"
import { emptySummary, type Summary, type TransferEvent } from "../events/TransferEvent.ts"
import type { Bandwidth } from "../layers/Bandwidth.ts"
import { retrying } from "../layers/Retry.ts"
import * as Download from "./Download.ts"
import * as Guard from "./Guard.ts"
import * as LastLook from "./LastLook.ts"
import type { Action, Plan } from "./Plan.ts"
import { upload } from "./Upload.ts"

export interface TransferOptions extends Guard.DeletionLimits {
  /** How many files are on their way at once. */
  readonly transfers: number
  /** How many parts of one large file are on their way at once. */
  readonly partConcurrency: number
  /** Remove each file at the source once it is safely at the destination. */
  readonly removesSource?: boolean
  readonly bandwidth?: Bandwidth | undefined
  /** Called for each event, in order, while the transfer waits; it must not throw and should be quick. */
  readonly onEvent: (event: TransferEvent) => void
}

/** How far planning runs ahead of doing: enough for a useful estimate of what is left. */
const backlog = 10_000

/** What waits until everything is stored. */
interface Afterwards {
  readonly removals: Array<RemotePath>
  readonly madeDirectories: Array<RemotePath>
  readonly removedDirectories: Array<RemotePath>
}

const throttled = (source: ByteSource, bandwidth: Bandwidth): ByteSource => ({
  ...source,
  bytes: Effect.tap(source.bytes, (bytes) => bandwidth.take(bytes.length)),
  read: (range) => Stream.tap(source.read(range), (piece) => bandwidth.take(piece.length))
})

/** Two names that are one file where case does not count. */
const folded = (path: string): string => path.normalize("NFC").toLowerCase()

const isSame = (left: File, right: File): boolean =>
  left.size === right.size && left.modifiedAt === right.modifiedAt && left.versionId === right.versionId

/** Parents of what was removed, deepest first, so that each is empty when its turn comes. */
const emptied = (removed: ReadonlyArray<RemotePath>): ReadonlyArray<RemotePath> => {
  const directories = new Set<RemotePath>()
  for (const path of removed) {
    for (let directory = parent(path); directory !== "" && !directories.has(directory); directory = parent(directory)) {
      directories.add(directory)
    }
  }
  return [...directories].sort((left, right) => compare(right, left))
}

/**
 * Runs a plan: files as they come, then, if none failed, removals.
 *
 * A file that fails becomes a `Failed` event and the rest go on. The effect
 * itself fails when planning does, when a guard stops the removals, or with an
 * error after which no file can succeed (`StorageError.stopsJob`); what was
 * stored until then stays. Interrupting it leaves every file whole or absent.
 */
export const execute = Effect.fnUntraced(function* (
  source: Provider,
  destination: Provider,
  plan: Plan,
  options: TransferOptions
): Effect.fn.Return<Summary, StorageError | Guard.GuardStopped> {
  const { bandwidth, onEvent } = options
  const startedAt = yield* Clock.currentTimeMillis
  const summary = emptySummary()
  const later: Afterwards = { removals: [], madeDirectories: [], removedDirectories: [] }

  const failed =
    (path: string) =>
    (error: StorageError): Effect.Effect<void, StorageError> => {
      if (error.stopsJob) return Effect.fail(error)
      summary.failed++
      onEvent({ _tag: "Failed", path, error })
      return Effect.void
    }
  const onRetry = (path: RemotePath) => (error: StorageError) => {
    summary.retries++
    onEvent({ _tag: "Retried", path, error })
  }

  /** Removes at the source what was read, and nothing that has taken its place since. */
  const dropSource = (file: File): Effect.Effect<void, StorageError> => {
    if (!options.removesSource) return Effect.void
    const { path } = file
    const now = Effect.catchReason(retrying(source.stat(path), onRetry(path)), "StorageError", "NotFound", () =>
      Effect.succeed(undefined)
    )
    return Effect.flatMap(now, (found) => {
      if (found === undefined) return Effect.void
      if (!isSame(found, file)) {
        const message = "it was changed meanwhile, so it stays at the source: run again once nothing writes to it"
        const reason = new SourceChanged({ message })
        return Effect.fail(new StorageError({ provider: source.name, operation: "remove", path, reason }))
      }
      const removal = Effect.andThen(
        LastLook.beforeSource(source, destination, path),
        retrying(source.remove(path), onRetry(path))
      )
      return Effect.map(removal, () => {
        summary.moved++
        onEvent({ _tag: "Moved", path })
      })
    })
  }

  /**
   * What is stored under which name in lower case, where case does not count or nobody knows: the old name of a
   * file is no extra file there, and of two names that are one the second must not replace the first.
   */
  const storedNames = destination.capabilities.isCaseSensitive === true ? undefined : new Map<string, string>()

  const claimName = ({ path }: File): Effect.Effect<void, StorageError> => {
    if (storedNames === undefined) return Effect.void
    const name = folded(path)
    const other = storedNames.get(name)
    if (other === undefined) storedNames.set(name, path)
    if (other === undefined || other === path) return Effect.void
    const message = `"${other}" differs from it in letter case alone, and the destination may take both for one file: rename one`
    return Effect.fail(
      new StorageError({ provider: destination.name, operation: "put", path, reason: new AlreadyExists({ message }) })
    )
  }

  const arrived = (file: File, stored: File): Effect.Effect<void, StorageError> => {
    const { path, size } = file
    if (stored.size === size) return Effect.void
    const message = `${stored.size} bytes are stored where ${size} were sent`
    const reason = new ChecksumMismatch({ message, expected: `${size} bytes`, actual: `${stored.size} bytes` })
    return Effect.fail(new StorageError({ provider: destination.name, operation: "put", path, reason }))
  }

  let copy = source.place.account === destination.place.account ? destination.copy : undefined

  const put = (file: File): Effect.Effect<void, StorageError> => {
    const { path, size } = file
    onEvent({ _tag: "Started", path, size })
    if (copy === undefined) return send(file)
    return Effect.matchEffect(retrying(copy(file, source.location, path), onRetry(path)), {
      onFailure: (error) => {
        // The destination's key may not read the source, whose own key may.
        if (error.reason._tag !== "PermissionDenied") return Effect.fail(error)
        if (summary.copied === 0) copy = undefined
        return send(file)
      },
      onSuccess: (stored) =>
        Effect.flatMap(arrived(file, stored), () => {
          summary.copied++
          onEvent({ _tag: "Copied", path, size })
          return dropSource(file)
        })
    })
  }

  const send = (file: File): Effect.Effect<void, StorageError> => {
    const { path, size } = file
    const bytes = Download.source(source, file)
    const stored = upload(destination, path, bandwidth === undefined ? bytes : throttled(bytes, bandwidth), {
      modifiedAt: file.modifiedAt,
      contentType: file.contentType,
      durable: options.removesSource,
      partConcurrency: options.partConcurrency,
      onAdvance: (bytes) => onEvent({ _tag: "Advanced", path, bytes }),
      onRetry: onRetry(path)
    })
    return Effect.flatMap(stored, (found) =>
      Effect.flatMap(arrived(file, found), () => {
        summary.stored++
        summary.storedBytes += size
        onEvent({ _tag: "Stored", path, size })
        return dropSource(file)
      })
    )
  }

  const touch = (file: File, stored: File): Effect.Effect<void, StorageError> => {
    if (destination.touch === undefined) return Effect.void
    const { path } = file
    return Effect.matchEffect(retrying(destination.touch(stored, file.modifiedAt), onRetry(path)), {
      // The bytes are there: a time that may not be set is worth no more than a note.
      onFailure: (error) => {
        if (error.reason._tag !== "PermissionDenied") return Effect.fail(error)
        summary.skipped++
        onEvent({ _tag: "Skipped", path, because: `its time can not be set: ${error.reason.message}` })
        return Effect.void
      },
      onSuccess: () => {
        summary.touched++
        onEvent({ _tag: "Touched", path })
        return dropSource(file)
      }
    })
  }

  const run = (action: Action): Effect.Effect<void, StorageError> => {
    switch (action._tag) {
      case "Put":
        return Effect.catch(Effect.andThen(claimName(action.file), put(action.file)), failed(action.file.path))
      case "Touch":
        return Effect.catch(touch(action.file, action.stored), failed(action.file.path))
      case "Keep":
        return Effect.catch(Effect.andThen(claimName(action.file), dropSource(action.file)), failed(action.file.path))
      case "Pass":
        return Effect.sync(() => {
          const { because, isFailure, path } = action.entry
          if (isFailure) summary.failed++
          else summary.skipped++
          onEvent(isFailure ? { _tag: "Failed", path, error: because } : { _tag: "Skipped", path, because })
        })
      case "Remove":
        return Effect.sync(() => void later.removals.push(action.path))
      case "MakeDirectory":
        return Effect.sync(() => void later.madeDirectories.push(action.path))
      case "RemoveDirectory":
        return Effect.sync(() => void later.removedDirectories.push(action.path))
    }
  }

  const queue = yield* Queue.bounded<Action, StorageError | Cause.Done>(backlog)
  const planning = plan.actions.pipe(
    Stream.runForEachArray((actions) => Queue.offerAll(queue, actions)),
    Effect.matchCauseEffect({
      onFailure: (cause) => Queue.failCause(queue, cause),
      onSuccess: () => Queue.end(queue)
    })
  )
  const worker = Effect.forever(Effect.flatMap(Queue.take(queue), run)).pipe(
    Effect.catch((error) => (Cause.isDone(error) ? Effect.void : Effect.fail(error)))
  )
  const workers = Array.from({ length: Math.max(1, options.transfers) }, () => worker)
  yield* Effect.all([planning, ...workers], { concurrency: "unbounded", discard: true })
  summary.same = plan.totals.same - summary.touched

  const each = <A>(items: ReadonlyArray<A>, act: (item: A) => Effect.Effect<void, StorageError>) =>
    Effect.forEach(items, act, { concurrency: options.transfers, discard: true })

  const remove = (path: RemotePath) =>
    Effect.gen(function* () {
      yield* LastLook.beforeDestination(source, destination, path)
      yield* retrying(destination.remove(path), onRetry(path))
      summary.removed++
      onEvent({ _tag: "Removed", path })
    }).pipe(Effect.catch(failed(path)))

  const { makeDirectory, removeDirectory } = destination
  const removals =
    storedNames === undefined ? later.removals : later.removals.filter((path) => !storedNames.has(folded(path)))
  const planned = removals.length + later.removedDirectories.length
  if (planned > 0 && summary.failed > 0) {
    onEvent({ _tag: "RemovalsWithheld", removals: removals.length })
  } else if (planned > 0) {
    const stopped = Guard.deletion(plan.totals, options)
    if (stopped !== undefined) return yield* stopped
    yield* each(removals, remove)
    const gone = emptied([...removals, ...later.removedDirectories.map((path) => `${path}/` as RemotePath)])
    if (removeDirectory !== undefined) {
      for (const path of gone) {
        yield* Effect.catch(retrying(removeDirectory(path), onRetry(path)), failed(path))
      }
    }
  }
  if (makeDirectory !== undefined) {
    yield* each(later.madeDirectories, (path) =>
      Effect.map(retrying(makeDirectory(path), onRetry(path)), () => onEvent({ _tag: "DirectoryMade", path })).pipe(
        Effect.catch(failed(path))
      )
    )
  }
  const seconds = ((yield* Clock.currentTimeMillis) - startedAt) / 1000
  onEvent({ _tag: "Finished", summary, seconds })
  return summary
})
