/** What is free on the disk of the server. */
import { type StorageError, UnexpectedResponse } from "@ourclone/core/contract/StorageError"
import * as Effect from "effect/Effect"
import type { SftpConnection } from "../connection/SftpConnection.ts"
import { toStorageError } from "../connection/SftpErrors.ts"
import { type Place, siteOf } from "../place/SftpPlace.ts"

interface Told {
  readonly f_bavail: number | bigint
  readonly f_frsize: number | bigint
}

/** In bytes, of what an ordinary user may use. Fails where the server does not say, or the root is not there. */
export const freeBytes = (connection: SftpConnection, place: Place): Effect.Effect<number, StorageError> => {
  const site = siteOf(place, "freeSpace", "")
  return Effect.flatMap(
    connection.call<Told>(site, (sftp, done) => sftp.ext_openssh_statvfs(place.root || "/", done)),
    ({ f_bavail, f_frsize }) => {
      const free = Number(f_bavail) * Number(f_frsize)
      return Number.isFinite(free)
        ? Effect.succeed(free)
        : Effect.fail(toStorageError(site, new UnexpectedResponse({ message: "the server does not say what is free" })))
    }
  )
}
