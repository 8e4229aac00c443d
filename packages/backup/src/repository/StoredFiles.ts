/**
 * The files of a repository as they are stored, without keys.
 *
 * Every call is tried again while that may help. A whole file is checked
 * against its name; what does not match is read once more before it counts as
 * damaged, since it may have been turned over on the way.
 */
import { hash } from "node:crypto"
import { type ByteRange, fromBytes, smallSize } from "@ourclone/core/contract/ByteSource"
import type { File } from "@ourclone/core/contract/Entry"
import type { Provider } from "@ourclone/core/contract/Provider"
import type { RemotePath } from "@ourclone/core/contract/RemotePath"
import { PermissionDenied, StorageError } from "@ourclone/core/contract/StorageError"
import { type OnRetry, retrying, retryingAtFirst } from "@ourclone/core/layers/Retry"
import * as PiecePool from "@ourclone/core/machine/PiecePool"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { FileType } from "../format/RepositoryFile.ts"
import * as RepositoryFile from "../format/RepositoryFile.ts"
import * as Removal from "./FileRemoval.ts"
import { Damaged, Missing, type Reason, RepositoryError } from "./RepositoryError.ts"
import { remedy } from "./RepositoryRemedies.ts"

/** Listed and stored files whose size and version are remembered, so that reading one needs no look before. */
const rememberedFiles = 20_000

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
  readonly readPath: (path: RemotePath, range?: ByteRange, room?: Uint8Array) => Effect.Effect<Uint8Array, StorageError>
  /** Stores durably under the SHA-256 of the bytes, and gives it. */
  readonly write: (type: FileType, bytes: Uint8Array) => Effect.Effect<string, StorageError>
  readonly writePath: (path: RemotePath, bytes: Uint8Array) => Effect.Effect<void, StorageError>
  readonly remove: (type: FileType, id: string) => Effect.Effect<void, StorageError>
}

/** `onRetry` is told why a call is made again. */
export const make = (provider: Provider, onRetry?: OnRetry): StoredFiles => {
  const known = new Map<RemotePath, File>()
  const removePath = Removal.make(provider)

  const remember = (file: File): void => {
    known.delete(file.path)
    known.set(file.path, file)
    if (known.size <= rememberedFiles) return
    for (const oldest of known.keys()) {
      known.delete(oldest)
      return
    }
  }

  const fail = (reason: Reason) => new RepositoryError({ repository: provider.name, reason })

  const find = (path: RemotePath): Effect.Effect<File, StorageError> => {
    const file = known.get(path)
    return file === undefined
      ? Effect.tap(provider.stat(path), (found) => Effect.sync(() => remember(found)))
      : Effect.succeed(file)
  }

  const inPieces = (file: File, range: ByteRange | undefined, room: Uint8Array | undefined) => {
    const size = range?.length ?? file.size
    const bytes = room !== undefined && room.length >= size ? room.subarray(0, size) : Buffer.allocUnsafeSlow(size)
    let position = 0
    const take = (piece: Uint8Array) => {
      bytes.set(piece, position)
      position += piece.length
      PiecePool.give(piece)
    }
    return Effect.as(
      Stream.runForEach(provider.read(file, range), (piece) => Effect.sync(() => take(piece))),
      bytes
    )
  }

  const readOnce = (
    path: RemotePath,
    range: ByteRange | undefined,
    room: Uint8Array | undefined
  ): Effect.Effect<Uint8Array, StorageError> =>
    Effect.flatMap(find(path), (file) =>
      range === undefined && file.size <= smallSize
        ? provider.readAll(file)
        : Effect.suspend((): Effect.Effect<Uint8Array, StorageError> => inPieces(file, range, room))
    )

  /** What was remembered may be of a file that was stored anew since: looks again, once. */
  const readPath: StoredFiles["readPath"] = (path, range, room) =>
    retrying(
      Effect.suspend(() => {
        const isRemembered = known.has(path)
        const read = readOnce(path, range, room)
        return Effect.catch(read, (error) => {
          known.delete(path)
          const mayBeOld = error.reason._tag === "NotFound" || error.reason._tag === "SourceChanged"
          return isRemembered && mayBeOld ? readOnce(path, range, room) : Effect.fail(error)
        })
      }),
      onRetry
    )

  const list: StoredFiles["list"] = (type) => {
    const options = type === "data" ? {} : { depth: 1 as const }
    const entries = retrying(Stream.runCollect(provider.list(RepositoryFile.directoryOf(type), options)), onRetry)
    return Stream.unwrap(
      Effect.flatMap(entries, (found) => {
        const files: Array<RepositoryFile.RepositoryFile> = []
        for (const entry of found) {
          if (entry._tag === "Skipped" && entry.isFailure) {
            const reason = new PermissionDenied({ message: entry.because })
            return Effect.fail(
              new StorageError({ provider: provider.name, operation: "list", path: entry.path, reason })
            )
          }
          const file = RepositoryFile.ofEntry(type, entry)
          if (file === undefined) continue
          files.push(file)
          remember(entry as File)
        }
        return Effect.succeed(Stream.fromIterable(files))
      })
    )
  }

  const write: StoredFiles["writePath"] = (path, bytes) =>
    Effect.flatMap(Clock.currentTimeMillis, (modifiedAt) =>
      Effect.map(retrying(provider.put(path, fromBytes(bytes), { modifiedAt, durable: true }), onRetry), remember)
    )

  const missing = (path: RemotePath) =>
    fail(
      new Missing({
        message: `"${path}" is not there, though the repository needs it`,
        file: path,
        remedy: remedy("check")
      })
    )

  const read: StoredFiles["read"] = (type, id, range, room) => {
    const path = RepositoryFile.pathOf(type, id)
    const bytes = Effect.catchReasons(readPath(path, range, room), "StorageError", {
      NotFound: () => Effect.fail(missing(path)),
      InvalidRequest: (reason) =>
        range === undefined
          ? Effect.fail(new StorageError({ provider: provider.name, operation: "read", path, reason }))
          : Effect.fail(
              fail(
                new Damaged({
                  message: `"${path}" is shorter than ${range.offset + range.length} bytes, which the index says it has`,
                  file: path,
                  remedy: remedy("check")
                })
              )
            )
    })
    if (range !== undefined) return bytes
    const verified = Effect.flatMap(bytes, (found) =>
      sha256(found) === id
        ? Effect.succeed(found)
        : Effect.fail(
            fail(
              new Damaged({
                message: `"${path}" is damaged: its SHA-256 is not its name`,
                file: path,
                remedy: remedy("check")
              })
            )
          )
    )
    return Effect.catchReason(verified, "RepositoryError", "Damaged", () => verified)
  }

  return {
    fail,
    exists: (path) =>
      retryingAtFirst(provider.stat(path)).pipe(
        Effect.map((file) => {
          remember(file)
          return true
        }),
        Effect.catchReason("StorageError", "NotFound", () => Effect.succeed(false))
      ),
    list,
    read,
    readPath,
    writePath: write,
    write: (type, bytes) =>
      Effect.suspend(() => {
        const id = sha256(bytes)
        return Effect.as(write(RepositoryFile.pathOf(type, id), bytes), id)
      }),
    remove: (type, id) =>
      Effect.suspend(() => {
        const path = RepositoryFile.pathOf(type, id)
        known.delete(path)
        return removePath(path)
      })
  }
}

const sha256 = (bytes: Uint8Array): string => hash("sha256", bytes)
