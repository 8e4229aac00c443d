/** What a transfer does with one file: put it, set its time, or leave it where it is. */
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import * as ByteSource from "../contract/ByteSource.ts"
import type { DatedFile, File } from "../contract/Entry.ts"
import type { Provider } from "../contract/Provider.ts"
import type { RemotePath } from "../contract/RemotePath.ts"
import { ChecksumMismatch, StorageError } from "../contract/StorageError.ts"
import * as Amount from "../events/Amount.ts"
import type { Bandwidth } from "../layers/Bandwidth.ts"
import { retrying } from "../layers/Retry.ts"
import { precision } from "./Compare.ts"
import * as Download from "./Download.ts"
import { exact, isExact } from "./FileTime.ts"
import * as KeptMetadata from "./KeptMetadata.ts"
import type { Put, Touch } from "./Plan.ts"
import { keepAt } from "./SetAside.ts"
import { dropSource } from "./SourceRemoval.ts"
import type { Flight } from "./TransferProgress.ts"
import { done, noteOnce, skipped, type TransferRun } from "./TransferRun.ts"
import { mostAtRisk } from "./UnderWay.ts"
import { plannedPartSize, upload } from "./Upload.ts"

const throttled = (source: ByteSource.ByteSource, bandwidth: Bandwidth): ByteSource.ByteSource => ({
  ...source,
  bytes: Effect.tap(source.bytes, (bytes) => bandwidth.take(bytes.length)),
  read: (range) => Stream.tap(source.read(range), (piece) => bandwidth.take(piece.length))
})

const otherSize = (
  { destination }: TransferRun,
  path: RemotePath,
  size: number,
  stored: File
): Effect.Effect<never, StorageError> => {
  const message = `${stored.size} bytes are stored where ${size} were sent`
  const reason = new ChecksumMismatch({ message, expected: `${size} bytes`, actual: `${stored.size} bytes` })
  return Effect.fail(new StorageError({ provider: destination.name, operation: "put", path, reason }))
}

/** The second half of a move, of whatever the first one was. */
const drop = (run: TransferRun, file: File, wasThere: boolean): Effect.Effect<boolean, StorageError> => {
  if (run.options.removesSource) run.options.aside?.taken?.moved(file.path)
  return dropSource(run, file, wasThere)
}

/** Ends the item as moved where its source is gone by now, as `deed` otherwise. */
const ended = (
  run: TransferRun,
  deed: "stored" | "copied",
  file: File,
  size: number,
  stored: File,
  wasThere: boolean
): Effect.Effect<void, StorageError> => {
  const { path } = file
  if (run.options.removesSource) {
    return Effect.map(drop(run, file, wasThere), (isMoved) => done(run, isMoved ? "moved" : deed, path, size, stored))
  }
  done(run, deed, path, size, stored)
  return Effect.void
}

const send = (run: TransferRun, file: File, wasThere: boolean, flight: Flight): Effect.Effect<void, StorageError> =>
  isExact(run.source, run.destination, file)
    ? sendDated(run, file, wasThere, flight)
    : Effect.flatMap(retrying(exact(run.source, run.destination, file)), (known) =>
        sendDated(run, known, wasThere, flight)
      )

const sendDated = (
  run: TransferRun,
  file: DatedFile,
  wasThere: boolean,
  flight: Flight
): Effect.Effect<void, StorageError> =>
  file.isSizeUnsure === true
    ? Effect.flatMap(retrying(run.source.readAll(file)), (bytes) =>
        sendBytes(run, file, wasThere, ByteSource.fromBytes(bytes))
      )
    : sendBytes(run, file, wasThere, Download.source(run.source, file), flight)

/** Of a file so large that its parts are: a stop costs more than it does elsewhere. */
const noteCoarseParts = (run: TransferRun, path: RemotePath, size: number): void => {
  const limits = run.destination.largeFile?.limits
  const partSize = limits && plannedPartSize(size, limits)
  if (partSize === undefined || partSize <= mostAtRisk) return
  const most = `${run.destination.name} takes no more than ${Amount.count(limits!.maxParts)} of one file`
  const parts = `"${path}" is stored in parts of ${Amount.bytes(partSize)}, as ${most}`
  noteOnce(run, "coarseParts", `${parts}: a run that is stopped has one of them to send again, or two`)
}

/** What is kept beside the file there. */
const keptWith = ({ destination, options }: TransferRun, file: File): KeptMetadata.Kept => {
  if (!destination.capabilities.keepsMetadata) return { metadata: undefined, lack: undefined }
  if (options.withMetadata !== true) return { metadata: file.metadata, lack: undefined }
  return KeptMetadata.kept(file, destination.capabilities)
}

/** Tells what of a file has no room there. Whether it is to stay at the source for that. */
const hasToStay = (run: TransferRun, { path }: File, { lack }: KeptMetadata.Kept): boolean => {
  if (lack === undefined) return false
  if (run.options.removesSource === true) {
    skipped(run, path, `it would lose its ${lack}`)
    return true
  }
  const message = `"${path}" is kept without its ${lack}`
  run.options.tell.fact({ _tag: "Note", code: "attributesLeftOut", message, item: path })
  return false
}

/** Without a flight where how far it is could not be said. */
const sendBytes = (
  run: TransferRun,
  file: DatedFile,
  wasThere: boolean,
  bytes: ByteSource.ByteSource,
  flight?: Flight
): Effect.Effect<void, StorageError> => {
  const { destination, options, progress, summary } = run
  const { bandwidth } = options
  const { path } = file
  const { size } = bytes
  const kept = keptWith(run, file)
  if (hasToStay(run, file, kept)) return Effect.void
  noteCoarseParts(run, path, size)
  const stored = upload(destination, path, bandwidth === undefined ? bytes : throttled(bytes, bandwidth), {
    modifiedAt: file.modifiedAt,
    nanoseconds: file.nanoseconds,
    contentType: file.contentType,
    metadata: kept.metadata,
    durable: options.removesSource,
    partConcurrency: options.partConcurrency,
    underWay: run.underWay,
    onAdvance: flight && ((more) => progress.advance(flight, more)),
    onHashed: flight && ((more) => progress.hashed(flight, more))
  })
  return Effect.flatMap(stored, (found) => {
    if (found.size !== size) return otherSize(run, path, size, found)
    summary.stored++
    summary.storedBytes += size
    return ended(run, "stored", file, size, found, wasThere)
  })
}

/** What `file` is copied from inside the service, and the `location` of its provider. */
type CopyOf = NonNullable<Put["copyOf"]>

const copyOrElse = (
  run: TransferRun,
  copy: NonNullable<Provider["copy"]>,
  from: CopyOf,
  file: File,
  wasThere: boolean,
  otherwise: (error: StorageError) => Effect.Effect<void, StorageError>
): Effect.Effect<void, StorageError> =>
  Effect.matchEffect(copy(from.file, from.location, file.path), {
    onFailure: otherwise,
    onSuccess: (stored) => {
      if (stored.size !== file.size) return otherSize(run, file.path, file.size, stored)
      run.summary.copied++
      return ended(run, "copied", file, file.size, stored, wasThere)
    }
  })

/** From the source itself. */
const copyOrSend = (
  run: TransferRun,
  copy: NonNullable<Provider["copy"]>,
  file: File,
  wasThere: boolean,
  flight: Flight
): Effect.Effect<void, StorageError> => {
  const from = { file: run.options.storedAtSource?.(file) ?? file, location: run.source.location }
  const copying: typeof copy = (...names) => retrying(copy(...names))
  return copyOrElse(run, copying, from, file, wasThere, (error) => {
    // The destination's key may not read the source, whose own key may.
    if (error.reason._tag !== "PermissionDenied") return Effect.fail(error)
    if (run.summary.copied === 0) run.copy = undefined
    return send(run, file, wasThere, flight)
  })
}

/** A copy keeps the time of what it was made of, which need not be that of `file`. */
const withTimeOf = (run: TransferRun, file: File, stored: DatedFile): Effect.Effect<DatedFile, StorageError> => {
  const { destination, source } = run
  const within = precision(source.capabilities, destination.capabilities)
  const setTime = destination.touch
  if (setTime === undefined || within === undefined) return Effect.succeed(stored)
  return Effect.flatMap(retrying(exact(source, destination, file)), ({ modifiedAt, nanoseconds }) =>
    Math.abs(modifiedAt - stored.modifiedAt) <= within
      ? Effect.succeed(stored)
      : retrying(setTime(stored, modifiedAt, nanoseconds)).pipe(
          Effect.catchReason("StorageError", "PermissionDenied", () => Effect.succeed(stored))
        )
  )
}

/** What a copy of `copyOf` may fail with, and the bytes of the source then do. */
const isOnlyOfCopy = ({ reason }: StorageError): boolean =>
  reason._tag === "PermissionDenied" || reason._tag === "NotFound" || reason._tag === "SourceChanged"

/** Brings the bytes of the file to the destination, by a copy of `copyOf` where that is there; `otherwise` is what a failure comes to. */
export const put = (
  run: TransferRun,
  { because, copyOf, file }: Omit<Put, "_tag">,
  otherwise: (error: StorageError) => Effect.Effect<void, StorageError>
): Effect.Effect<void, StorageError> =>
  Effect.suspend(() => {
    const wasThere = because !== "missing"
    const flight = run.progress.begin(file.path, file.size)
    const { aside } = run.options
    const { copy } = run.destination
    const direct =
      run.copy === undefined ? send(run, file, wasThere, flight) : copyOrSend(run, run.copy, file, wasThere, flight)
    const bring =
      copyOf === undefined || copy === undefined
        ? direct
        : copyOrElse(
            run,
            (from, location, to) =>
              Effect.flatMap(retrying(copy(from, location, to)), (stored) => withTimeOf(run, file, stored)),
            copyOf,
            file,
            wasThere,
            (error) => (isOnlyOfCopy(error) ? direct : Effect.fail(error))
          )
    const work = aside === undefined ? bring : Effect.andThen(keepAt(run.destination, file.path, aside), bring)
    return Effect.matchEffect(work, {
      onFailure: (error) => {
        run.progress.end(flight, false)
        return otherwise(error)
      },
      onSuccess: () => {
        run.progress.end(flight, true)
        return Effect.void
      }
    })
  })

/** Words, and the code by which a provider may have remarked that itself. */
const notKept = {
  "time differs": ["times", "timesNotKept"],
  "mode differs": ["modes", "permissionsNotKept"],
  "owner differs": ["owners", "ownersNotKept"],
  "attributes differ": ["attributes", "attributesNotKept"]
} as const

/**
 * Whether `touched`, which is what the destination now has in the place of `stored`, got anything of what it was given. A
 * file system may take a mode, an owner or attributes without a word, and have what it had.
 */
const hasChanged = (run: TransferRun, file: File, stored: File, touched: File): boolean => {
  const { destination } = run
  const left = KeptMetadata.difference(file, touched, destination.capabilities)
  if (left === undefined || left === "kind") return true
  const [what, code] = notKept[left]
  // Those that have no room are named each.
  const named = what === "attributes" ? "attributesLeftOut" : code
  const isRemarked = destination.remarks?.().some((remark) => remark.code === code || remark.code === named) === true
  const message = `${destination.name}: other ${what} that files are given there are not kept, by its file system or for want of rights, so files that are the same but for that stay as they are`
  if (!isRemarked) noteOnce(run, code, message)
  const isSameTime = stored.modifiedAt === touched.modifiedAt
  return !isSameTime || KeptMetadata.difference(touched, stored, destination.capabilities) !== undefined
}

/** Gives `stored`, which has the bytes of `file`, its time too, and what is beside it where that differs. */
export const touch = (
  run: TransferRun,
  { because, file, stored }: Omit<Touch, "_tag">
): Effect.Effect<void, StorageError> => {
  const { destination, options, source, summary } = run
  const { setMetadata, touch: setTime } = destination
  const kept = because === "time differs" ? undefined : keptWith(run, file)
  if (kept !== undefined && hasToStay(run, file, kept)) return Effect.void
  const set =
    because === "time differs"
      ? setTime
      : setMetadata &&
        ((seen: File, modifiedAt: number, nanoseconds?: number) =>
          setMetadata(seen, kept?.metadata, modifiedAt, nanoseconds))
  if (set === undefined) return Effect.void
  const { path } = file
  const touched = Effect.flatMap(exact(source, destination, file), ({ modifiedAt, nanoseconds }) =>
    set(stored, modifiedAt, nanoseconds)
  )
  return Effect.matchEffect(retrying(touched), {
    // The bytes are there: what may not be set beside them is worth no more than a note.
    onFailure: (error) => {
      if (error.reason._tag !== "PermissionDenied") return Effect.fail(error)
      const [what, code] = notKept[because as keyof typeof notKept] ?? notKept["time differs"]
      const effect =
        what === "times"
          ? "so files of other times are compared by their bytes at every run"
          : "so files that are the same but for that stay as they are"
      const message = `${destination.name}: ${what} can not be set, as of "${path}", ${effect}: ${error.reason.message}`
      if (options.removesSource) skipped(run, path, `its ${what} can not be set: ${error.reason.message}`)
      else noteOnce(run, code, message)
      return Effect.void
    },
    onSuccess: (touched) => {
      if (because !== "time differs" && !hasChanged(run, file, stored, touched)) return keep(run, file)
      summary.touched++
      return Effect.map(drop(run, file, true), (isMoved) =>
        done(run, isMoved ? "moved" : "touched", path, undefined, touched)
      )
    }
  })
}

/** The destination has it already; a move is done once the source has it no more. */
export const keep = (run: TransferRun, file: File): Effect.Effect<void, StorageError> =>
  Effect.map(drop(run, file, true), (isMoved) => {
    if (isMoved) run.options.tell.fact({ _tag: "Done", deed: "moved", item: file.path })
  })
