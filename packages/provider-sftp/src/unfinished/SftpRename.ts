/** Renaming over what is there. */
import * as RemotePath from "@ourclone/core/contract/RemotePath"
import { InvalidRequest, StorageError } from "@ourclone/core/contract/StorageError"
import * as Effect from "effect/Effect"
import type { Stats } from "ssh2"
import type { SftpConnection } from "../connection/SftpConnection.ts"
import { folderInTheWay, type Site, whenMissing } from "../connection/SftpErrors.ts"
import * as SftpFile from "../place/SftpFile.ts"
import { asideName } from "./AsideName.ts"

export const rename = (
  connection: SftpConnection,
  site: Site,
  from: string,
  to: string
): Effect.Effect<void, StorageError> =>
  connection.call<void>(site, (sftp, done) => sftp.rename(from, to, (error) => done(error, undefined)))

/** In bytes: of a name, on most disks. */
const longestName = 255
/** Whoever lists the folder meanwhile takes the old file for one that was left, and gives it its name back. */
const attempts = 3

/**
 * What is at `to` is renamed, then `from` gets its name, then the old file goes: one of the two is there at each moment, and
 * a listing gives the old one its name back where nothing more came of it.
 */
const replace = (
  connection: SftpConnection,
  site: Site,
  from: string,
  to: string,
  left: number
): Effect.Effect<void, StorageError> => {
  const name = RemotePath.basename(to)
  const aside = `${to.slice(0, to.length - name.length)}${asideName(name)}`
  if (Buffer.byteLength(RemotePath.basename(aside)) > longestName) {
    const message =
      "the server can not rename over a file, and the name is too long to put the old one aside: shorten it"
    return Effect.fail(new StorageError({ ...site, reason: new InvalidRequest({ message, concernsName: true }) }))
  }
  const isFolder = whenMissing(
    Effect.map(
      connection.call<Stats>(site, (sftp, done) => sftp.lstat(to, done)),
      SftpFile.isDirectory
    ),
    () => Effect.succeed(false)
  )
  return Effect.gen(function* () {
    if (yield* isFolder) return yield* Effect.fail(new StorageError({ ...site, reason: folderInTheWay() }))
    yield* whenMissing(rename(connection, site, to, aside), () => Effect.void)
    yield* Effect.tapError(rename(connection, site, from, to), () => Effect.ignore(rename(connection, site, aside, to)))
    yield* Effect.ignore(
      connection.call<void>(site, (sftp, done) => sftp.unlink(aside, (error) => done(error, undefined)))
    )
  }).pipe(
    Effect.uninterruptible,
    Effect.catchReason("StorageError", "UnexpectedResponse", (_, error) =>
      left > 1 ? replace(connection, site, from, to, left - 1) : Effect.fail(error)
    )
  )
}

/** At once where the server has `posix-rename@openssh.com`, or renames over a file by itself. */
export const renameOver = (
  connection: SftpConnection,
  site: Site,
  from: string,
  to: string
): Effect.Effect<void, StorageError> => {
  if (connection.extensions.has("posix-rename@openssh.com")) {
    return connection.call<void>(site, (sftp, done) =>
      sftp.ext_openssh_rename(from, to, (error) => done(error, undefined))
    )
  }
  return Effect.catchReason(rename(connection, site, from, to), "StorageError", "UnexpectedResponse", () =>
    replace(connection, site, from, to, attempts)
  )
}
