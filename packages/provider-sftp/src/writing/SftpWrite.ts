/** Storing whole files: a temporary file beside the target, of the right size, then renamed over it. */
import { createHash } from "node:crypto"
import { type ByteSource, smallSize } from "@ourclone/core/contract/ByteSource"
import type { DatedFile } from "@ourclone/core/contract/Entry"
import type { Put, PutOptions } from "@ourclone/core/contract/Provider"
import * as RemotePath from "@ourclone/core/contract/RemotePath"
import {
  AlreadyExists,
  ChecksumMismatch,
  InvalidRequest,
  NoSpace,
  type Reason,
  SourceChanged,
  StorageError,
  Unavailable,
  wronglyNoted
} from "@ourclone/core/contract/StorageError"
import * as PiecePool from "@ourclone/core/machine/PiecePool"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { Stats } from "ssh2"
import type { Handle, SftpConnection } from "../connection/SftpConnection.ts"
import { folderInTheWay, type Site, whenMissing } from "../connection/SftpErrors.ts"
import * as SftpFile from "../place/SftpFile.ts"
import { absolute, lstat, type Place, siteOf } from "../place/SftpPlace.ts"
import { isAside } from "../unfinished/AsideName.ts"
import { renameOver } from "../unfinished/SftpRename.ts"
import { isTemporary, temporaryName } from "../unfinished/TemporaryName.ts"
import { freeBytes } from "./FreeSpace.ts"
import type { SftpFolders } from "./SftpFolders.ts"
import type { SftpTimes } from "./SftpTimes.ts"

/** Pieces of a source, of about 1 MiB, on their way at once. */
export const window = 4

export const failWith = (site: Site, reason: Reason) => Effect.fail(new StorageError({ ...site, reason }))

export const wrongSize = (source: ByteSource, actual: number) =>
  new SourceChanged({ message: `the source gave ${actual} bytes where it had announced ${source.size}` })

const wrongBytes = (source: ByteSource, actual: string): Reason | undefined => {
  if (source.sha1 === undefined || source.sha1 === actual) return undefined
  if (source.isSha1Noted === true) return wronglyNoted(source.sha1, actual)
  return new ChecksumMismatch({ message: "other bytes arrived than were sent", expected: source.sha1, actual })
}

export interface Writing {
  readonly connection: SftpConnection
  readonly place: Place
  readonly folders: SftpFolders
  readonly times: SftpTimes
}

/** Why nothing can be stored under that name. */
export const refusal = (path: RemotePath.RemotePath): Reason | undefined => {
  const name = RemotePath.basename(path)
  if (name === "") return new InvalidRequest({ message: "a file needs a name" })
  if (isTemporary(name) || isAside(name)) {
    const message = "names of this form are kept for files that are not whole yet: rename it"
    return new InvalidRequest({ message, concernsName: true })
  }
  return undefined
}

/** Sends one piece in as many requests as it takes, all at once. Nobody may look at it afterwards: it is used again. */
export const sendPiece = ({ connection }: Writing, file: Handle, site: Site, piece: Uint8Array, position: number) => {
  const most = connection.limits.write
  const bytes = Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength)
  const requests = Array.from({ length: Math.ceil(piece.length / most) }, (_, index) => {
    const start = index * most
    const length = Math.min(most, piece.length - start)
    return connection.on<void>(file, site, (sftp, done) =>
      sftp.write(file.handle, bytes, start, length, position + start, (error) => done(error, undefined))
    )
  })
  return Effect.map(Effect.all(requests, { concurrency: "unbounded", discard: true }), () => PiecePool.give(piece))
}

/** Sends all of `source`. Fails with `SourceChanged` or `ChecksumMismatch` when it is not what was announced. */
const send = Effect.fnUntraced(function* (writing: Writing, file: Handle, site: Site, source: ByteSource) {
  const hashing = source.sha1 === undefined ? undefined : createHash("sha1")
  let position = 0
  const pieces = source.size <= smallSize ? Stream.fromEffect(source.bytes) : source.read()
  yield* pieces.pipe(
    Stream.map((piece) => {
      const start = position
      position += piece.length
      hashing?.update(piece)
      return { piece, start }
    }),
    Stream.mapEffect(({ piece, start }) => sendPiece(writing, file, site, piece, start), { concurrency: window }),
    Stream.runDrain
  )
  if (position !== source.size) return yield* failWith(site, wrongSize(source, position))
  const wrong = hashing === undefined ? undefined : wrongBytes(source, hashing.digest("hex"))
  if (wrong !== undefined) return yield* failWith(site, wrong)
})

/** The server says no more than that it failed: a disk that is full is told by itself. */
export const explained = ({ connection, place }: Writing, site: Site, error: StorageError) =>
  error.reason._tag !== "UnexpectedResponse"
    ? Effect.fail(error)
    : Effect.flatMap(Effect.option(freeBytes(connection, place)), (free) =>
        free._tag === "Some" && free.value === 0
          ? failWith(
              site,
              new NoSpace({ message: "the disk of the server is full: free some space or write elsewhere" })
            )
          : Effect.fail(error)
      )

/** What stands at the target: the permissions of a file, which stay. Fails with `AlreadyExists` at a folder. */
export const modeAt = (
  { connection, place }: Writing,
  site: Site,
  path: string
): Effect.Effect<number | undefined, StorageError> =>
  whenMissing(
    Effect.flatMap(lstat(connection, place, site, path), (stats) =>
      SftpFile.isDirectory(stats)
        ? failWith(site, folderInTheWay())
        : Effect.succeed(SftpFile.isFile(stats) ? stats.mode & 0o777 : undefined)
    ),
    () => Effect.succeed(undefined)
  )

/** Passed over where the server can not. */
export const flush = (connection: SftpConnection, file: Handle, site: Site): Effect.Effect<void, StorageError> =>
  connection.extensions.has("fsync@openssh.com")
    ? connection.onPatiently<void>(file, site, (sftp, done) =>
        sftp.ext_openssh_fsync(file.handle, (error) => done(error, undefined))
      )
    : Effect.void

const finish = Effect.fnUntraced(function* (
  { connection, times }: Writing,
  file: Handle,
  site: Site,
  source: ByteSource,
  { durable, modifiedAt }: PutOptions,
  mode: number | undefined
) {
  const seconds = times.secondsOf(modifiedAt)
  const attributes = { atime: seconds, mtime: seconds, ...(mode === undefined ? {} : { mode }) }
  if (durable === true) yield* flush(connection, file, site)
  const set = connection.on<void>(file, site, (sftp, done) =>
    sftp.fsetstat(file.handle, attributes, (error) => done(error, undefined))
  )
  const told = connection.on<Stats>(file, site, (sftp, done) => sftp.fstat(file.handle, done))
  // A server answers in the order that it is asked.
  const [, stats] = yield* Effect.all([set, told], { concurrency: 2 })
  if (stats.size !== source.size) {
    const message = `the server has ${stats.size} bytes where ${source.size} were sent`
    return yield* failWith(site, new Unavailable({ message }))
  }
  return stats
})

const discard = ({ connection }: Writing, site: Site, temporary: string) =>
  Effect.ignore(connection.call<void>(site, (sftp, done) => sftp.unlink(temporary, (error) => done(error, undefined))))

type Commit = (writing: Writing, site: Site, temporary: string, target: string) => Effect.Effect<void, StorageError>

const over: Commit = ({ connection }, site, temporary, target) => renameOver(connection, site, temporary, target)

/** A link is made only where nothing is; the name that it was made of goes. */
const whereNothingIs: Commit = (writing, site, temporary, target) =>
  Effect.andThen(
    Effect.catchReason(
      writing.connection.call<void>(site, (sftp, done) =>
        sftp.ext_openssh_hardlink(temporary, target, (error) => done(error, undefined))
      ),
      "StorageError",
      "UnexpectedResponse",
      (_, error) =>
        Effect.flatMap(
          Effect.option(writing.connection.call<Stats>(site, (sftp, done) => sftp.lstat(target, done))),
          (found) =>
            found._tag === "None"
              ? Effect.fail(error)
              : failWith(site, new AlreadyExists({ message: "something is there already" }))
        )
    ),
    discard(writing, site, temporary)
  )

const makePut =
  (writing: Writing, operation: string, commit: Commit): Put =>
  (path, source, options) => {
    const { connection, folders, place } = writing
    const site = siteOf(place, operation, path)
    const store = Effect.fnUntraced(function* (): Effect.fn.Return<DatedFile, StorageError> {
      const refused = refusal(path)
      if (refused !== undefined) return yield* failWith(site, refused)
      yield* folders.ensure(site, RemotePath.parent(path))
      const looking = modeAt(writing, site, path)
      // A large file is not sent only to learn then that a folder is in its way.
      const known = source.size <= smallSize ? undefined : { mode: yield* looking }
      const target = absolute(place, path)
      const name = RemotePath.basename(target)
      const temporary = `${target.slice(0, target.length - name.length)}${temporaryName(name)}`
      const written = connection.withFile(site, temporary, "wx", (file) =>
        Effect.flatMap(
          Effect.all([known === undefined ? looking : Effect.succeed(known.mode), send(writing, file, site, source)], {
            concurrency: 2
          }),
          ([mode]) => finish(writing, file, site, source, options, mode)
        )
      )
      const committed = Effect.tap(written, () => commit(writing, site, temporary, target))
      const stats = yield* Effect.onError(committed, () => discard(writing, site, temporary))
      return {
        ...SftpFile.fileOf(path, stats),
        ...(source.sha1 === undefined ? {} : { checksums: { sha1: source.sha1 } })
      }
    })
    // A folder that was there has gone: it is made again.
    return whenMissing(store(), () => {
      folders.forget()
      return store()
    }).pipe(Effect.catchTag("StorageError", (error) => explained(writing, site, error)))
  }

/** `durable` is passed over where the server can not flush. */
export const put = (writing: Writing): Put => makePut(writing, "put", over)

/** Absent where the server makes no hard links: nothing else there says whether a name was taken. */
export const putIfAbsent = (writing: Writing): Put | undefined =>
  writing.connection.extensions.has("hardlink@openssh.com")
    ? makePut(writing, "putIfAbsent", whereNothingIs)
    : undefined
