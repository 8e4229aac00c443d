/** Reading: several requests are on their way at once, as each alone would wait for its answer. */
import type { ByteRange } from "@ourclone/core/contract/ByteSource"
import type { File } from "@ourclone/core/contract/Entry"
import { NotFound, SourceChanged, StorageError, Unavailable } from "@ourclone/core/contract/StorageError"
import * as ArrivingBytes from "@ourclone/core/layers/ArrivingBytes"
import * as PiecePool from "@ourclone/core/machine/PiecePool"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { Stats } from "ssh2"
import type { Handle, SftpConnection } from "../connection/SftpConnection.ts"
import { type Site, status, statusOf } from "../connection/SftpErrors.ts"
import * as SftpFile from "../place/SftpFile.ts"
import { absolute, lstat, type Place, siteOf } from "../place/SftpPlace.ts"

/** Pieces on their way at once: 4 MiB cover 300 Mbit/s at 100 ms. */
const window = 4

/** Reads `length` bytes at `position`, asking for the rest where fewer come. */
const fill = (
  connection: SftpConnection,
  file: Handle,
  site: Site,
  { length, offset }: ByteRange,
  /** Bytes that have come of all that is read of the file. */
  arrived = { bytes: 0 }
): Effect.Effect<Buffer, StorageError> =>
  Effect.suspend(() => {
    const buffer = PiecePool.take(length)
    const one = (start: number, end: number): Effect.Effect<void, StorageError> =>
      Effect.flatMap(
        connection.on<number>(file, site, (sftp, done) =>
          sftp.read(file.handle, buffer, start, end - start, offset + start, (error, count) =>
            error && statusOf(error) === status.endOfFile ? done(undefined, 0) : done(error, count)
          )
        ),
        (count) => {
          if (count <= 0) {
            const reason = new SourceChanged({ message: "it is shorter than it was when it was listed" })
            return Effect.fail(new StorageError({ ...site, reason }))
          }
          arrived.bytes += count
          return start + count < end ? one(start + count, end) : Effect.void
        }
      )
    const starts = Array.from({ length: Math.ceil(length / connection.limits.read) }, (_, index) =>
      one(index * connection.limits.read, Math.min(length, (index + 1) * connection.limits.read))
    )
    const all = Effect.as(Effect.all(starts, { concurrency: "unbounded", discard: true }), buffer)
    // The library waits for ever for an answer, as long as the connection is there.
    return ArrivingBytes.whileComing(
      all,
      () => arrived.bytes,
      (reason) => new StorageError({ ...site, reason })
    )
  })

/** Fails with `SourceChanged` where the open file is seen to be another than `file`. */
const check = (connection: SftpConnection, handle: Handle, site: Site, file: File): Effect.Effect<void, StorageError> =>
  Effect.flatMap(
    connection.on<Stats>(handle, site, (sftp, done) => sftp.fstat(handle.handle, done)),
    (stats) =>
      Effect.try({
        try: () => {
          if (!SftpFile.isFile(stats)) throw new NotFound({ message: "there is no such file" })
          SftpFile.assertSame(file, stats)
        },
        catch: (reason) => new StorageError({ ...site, reason: reason as NotFound | SourceChanged })
      })
  )

/** Opening a pipe would wait for ever, and a symbolic link leads elsewhere. */
const openable = (connection: SftpConnection, place: Place, site: Site, file: File) =>
  Effect.flatMap(lstat(connection, place, site, file.path), (stats) =>
    SftpFile.isFile(stats)
      ? Effect.void
      : Effect.fail(new StorageError({ ...site, reason: new NotFound({ message: "there is no such file" }) }))
  )

const piecesOf = ({ length, offset }: ByteRange): ReadonlyArray<ByteRange> =>
  Array.from({ length: Math.ceil(length / PiecePool.pieceSize) }, (_, index) => ({
    offset: offset + index * PiecePool.pieceSize,
    length: Math.min(PiecePool.pieceSize, length - index * PiecePool.pieceSize)
  }))

export const read =
  (connection: SftpConnection, place: Place) =>
  (file: File, range: ByteRange = { offset: 0, length: file.size }): Stream.Stream<Uint8Array, StorageError> => {
    const site = siteOf(place, "read", file.path)
    const refused = ArrivingBytes.refusal(file, range)
    if (refused !== undefined) return Stream.fail(new StorageError({ ...site, reason: refused }))
    const opened = Effect.suspend(() =>
      Effect.andThen(openable(connection, place, site, file), connection.open(site, absolute(place, file.path), "r"))
    )
    return Stream.unwrap(
      Effect.gen(function* () {
        const handle = yield* opened
        yield* check(connection, handle, site, file)
        const arrived = { bytes: 0 }
        const pieces = Stream.mapEffect(
          Stream.fromIterable(piecesOf(range)),
          (piece) => fill(connection, handle, site, piece, arrived),
          { concurrency: window }
        )
        // The last thing that is told: bytes that were changed while they were read are no file.
        const after = Stream.fromEffectDrain(check(connection, handle, site, file))
        return Stream.concat(pieces, after)
      })
    )
  }

export const readAll =
  (connection: SftpConnection, place: Place) =>
  (file: File): Effect.Effect<Uint8Array, StorageError> => {
    const site = siteOf(place, "readAll", file.path)
    return Effect.andThen(
      openable(connection, place, site, file),
      Effect.suspend(() =>
        connection.withFile(site, absolute(place, file.path), "r", (handle) =>
          Effect.gen(function* () {
            yield* check(connection, handle, site, file)
            const bytes =
              file.size === 0
                ? Buffer.alloc(0)
                : yield* fill(connection, handle, site, { offset: 0, length: file.size })
            if (bytes.length !== file.size) {
              const reason = new Unavailable({ message: "fewer bytes arrived than were announced" })
              return yield* new StorageError({ ...site, reason })
            }
            yield* check(connection, handle, site, file)
            return bytes
          })
        )
      )
    )
  }
