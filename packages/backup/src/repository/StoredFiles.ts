/**
 * The files of a repository as they are stored, without keys.
 *
 * Every call is tried again while that may help. A whole file is checked
 * against its name; what does not match is read once more before it counts as
 * damaged, since it may have been turned over on the way.
 */
import { hash } from "node:crypto"
import { type ByteRange, fromBytes } from "@ourclone/core/contract/ByteSource"
import type { Entry, File } from "@ourclone/core/contract/Entry"
import type { Provider } from "@ourclone/core/contract/Provider"
import type { RemotePath } from "@ourclone/core/contract/RemotePath"
import { PermissionDenied, StorageError, UnexpectedResponse } from "@ourclone/core/contract/StorageError"
import { type OnRetry, retrying, retryingAtFirst } from "@ourclone/core/layers/Retry"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { FileType } from "../format/RepositoryFile.ts"
import * as RepositoryFile from "../format/RepositoryFile.ts"
import * as Removal from "./FileRemoval.ts"
import { KnownFiles } from "./KnownFiles.ts"
import { Damaged, Missing, type Reason, RepositoryError } from "./RepositoryError.ts"
import { remedy } from "./RepositoryRemedies.ts"
import * as StoredBytes from "./StoredBytes.ts"

type E = StorageError | RepositoryError

export interface StoredFiles {
  readonly fail: (reason: Reason) => RepositoryError
  /** Whether a file is there. For the first look at a place: gives up early where nobody answers. */
  readonly exists: (path: RemotePath) => Effect.Effect<boolean, StorageError>
  /** In no certain order; what does not belong to the repository is left out. An unreadable directory fails it. */
  readonly list: (type: FileType) => Stream.Stream<RepositoryFile.RepositoryFile, E>
  /** `Missing` where there is none. A whole file that does not match its name is `Damaged`; a range is not looked at. */
  readonly read: (type: FileType, id: string, range?: ByteRange, room?: Uint8Array) => Effect.Effect<Uint8Array, E>
  /** Bytes of any file; nothing is checked. Fails with `NotFound`. */
  readonly readPath: StoredBytes.ReadPath<never>
  /** Stores durably under the SHA-256 of the bytes, and gives it. */
  readonly write: (type: FileType, bytes: Uint8Array) => Effect.Effect<string, StorageError>
  readonly writePath: (path: RemotePath, bytes: Uint8Array) => Effect.Effect<void, StorageError>
  readonly remove: (type: FileType, id: string) => Effect.Effect<void, StorageError>
}

const sha256 = (bytes: Uint8Array): string => hash("sha256", bytes)

const missing = (path: RemotePath) =>
  new Missing({
    message: `"${path}" is not there, though the repository needs it`,
    file: path,
    remedy: remedy("check")
  })

const damaged = (path: RemotePath, why: string) =>
  new Damaged({ message: `"${path}" ${why}`, file: path, remedy: remedy("check") })

const tooLarge = (size: number): string => `it has ${size} bytes, more than such a file can have`

/** What of a listing are files of the repository. Fails for a directory that could not be read. */
const filesOf = (
  provider: Provider,
  type: FileType,
  entries: ReadonlyArray<Entry>,
  known: KnownFiles
): Effect.Effect<ReadonlyArray<RepositoryFile.RepositoryFile>, StorageError> => {
  const files: Array<RepositoryFile.RepositoryFile> = []
  for (const entry of entries) {
    if (entry._tag === "Skipped" && entry.isFailure) {
      const reason = new PermissionDenied({ message: entry.because })
      return Effect.fail(new StorageError({ provider: provider.name, operation: "list", path: entry.path, reason }))
    }
    const file = RepositoryFile.ofEntry(type, entry)
    if (file === undefined) continue
    files.push(file)
    known.remember(entry as File)
  }
  return Effect.succeed(files)
}

/** A refusal of the whole account names no file; that of a lock matters to whoever can do without one. */
const about =
  (path: RemotePath) =>
  (error: StorageError): StorageError =>
    error.path === undefined ? new StorageError({ ...error, path }) : error

/** `onRetry` is told why a call is made again. */
export const make = (provider: Provider, onRetry?: OnRetry): StoredFiles => {
  const known = new KnownFiles()
  const removePath = Removal.make(provider)
  const readPath = StoredBytes.make(provider, known, onRetry)
  const fail = (reason: Reason) => new RepositoryError({ repository: provider.name, reason })

  const list: StoredFiles["list"] = (type) => {
    const options = type === "data" ? {} : { depth: 1 as const }
    const entries = retrying(Stream.runCollect(provider.list(RepositoryFile.directoryOf(type), options)), onRetry)
    const files = Effect.flatMap(entries, (found) => filesOf(provider, type, found, known))
    return Stream.unwrap(Effect.map(files, Stream.fromIterable))
  }

  const writePath: StoredFiles["writePath"] = (path, bytes) =>
    Effect.flatMap(Clock.currentTimeMillis, (modifiedAt) =>
      retrying(provider.put(path, fromBytes(bytes), { modifiedAt, durable: true }), onRetry).pipe(
        Effect.map((file) => known.remember(file)),
        Effect.mapError(about(path))
      )
    )

  const readFile = (path: RemotePath, range: ByteRange | undefined, room: Uint8Array | undefined) => {
    const bytes = Effect.catchTag(readPath(path, range, room), "TooLarge", ({ size }) =>
      Effect.fail(fail(damaged(path, `is damaged: ${tooLarge(size)}`)))
    )
    return Effect.catchReasons(bytes, "StorageError", {
      NotFound: () => Effect.fail(fail(missing(path))),
      InvalidRequest: (reason): Effect.Effect<never, E> => {
        if (range === undefined) {
          return Effect.fail(new StorageError({ provider: provider.name, operation: "read", path, reason }))
        }
        const end = range.offset + range.length
        return Effect.fail(fail(damaged(path, `is shorter than ${end} bytes, which the index says it has`)))
      }
    })
  }

  const read: StoredFiles["read"] = (type, id, range, room) => {
    const path = RepositoryFile.pathOf(type, id)
    if (range !== undefined) return readFile(path, range, room)
    const verified = Effect.flatMap(readFile(path, undefined, room), (found) =>
      sha256(found) === id
        ? Effect.succeed(found)
        : Effect.fail(fail(damaged(path, "is damaged: its SHA-256 is not its name")))
    )
    return Effect.catchReason(verified, "RepositoryError", "Damaged", () => verified)
  }

  return {
    fail,
    exists: (path) =>
      retryingAtFirst(provider.stat(path)).pipe(
        Effect.map((file) => {
          known.remember(file)
          return true
        }),
        Effect.catchReason("StorageError", "NotFound", () => Effect.succeed(false))
      ),
    list,
    read,
    readPath: (path, range, room) =>
      Effect.catchTag(readPath(path, range, room), "TooLarge", ({ size }) => {
        const reason = new UnexpectedResponse({ message: tooLarge(size) })
        return Effect.fail(new StorageError({ provider: provider.name, operation: "read", path, reason }))
      }),
    writePath,
    write: (type, bytes) =>
      Effect.suspend(() => {
        const id = sha256(bytes)
        return Effect.as(writePath(RepositoryFile.pathOf(type, id), bytes), id)
      }),
    remove: (type, id) =>
      Effect.suspend(() => {
        const path = RepositoryFile.pathOf(type, id)
        known.forget(path)
        return removePath(path)
      })
  }
}
