/** Renaming over what is there. */
import type { StorageError } from "@ourclone/core/contract/StorageError"
import * as Effect from "effect/Effect"
import type { SftpConnection } from "./SftpConnection.ts"
import type { Site } from "./SftpErrors.ts"

export const rename = (
  connection: SftpConnection,
  site: Site,
  from: string,
  to: string
): Effect.Effect<void, StorageError> =>
  connection.call<void>(site, (sftp, done) => sftp.rename(from, to, (error) => done(error, undefined)))

/**
 * At once where the server has `posix-rename@openssh.com`. Elsewhere what is at `to` is removed first where it is in the
 * way: for a moment nothing is there.
 */
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
    Effect.andThen(
      connection.call<void>(site, (sftp, done) => sftp.unlink(to, (error) => done(error, undefined))),
      rename(connection, site, from, to)
    )
  )
}
