/** Copying on the server, where it can: `copy-data` of OpenSSH 9.0. */
import type { Provider } from "@ourclone/core/contract/Provider"
import * as RemotePath from "@ourclone/core/contract/RemotePath"
import { NotFound, type Reason, StorageError } from "@ourclone/core/contract/StorageError"
import * as Effect from "effect/Effect"
import type { Stats } from "ssh2"
import * as SftpFile from "../place/SftpFile.ts"
import { absolute, lstat, siteOf } from "../place/SftpPlace.ts"
import { renameOver } from "../unfinished/SftpRename.ts"
import { temporaryName } from "../unfinished/TemporaryName.ts"
import type { Writing } from "./SftpWrite.ts"

export const copy = (writing: Writing): Provider["copy"] => {
  const { connection, folders, place } = writing
  if (!connection.extensions.has("copy-data")) return undefined
  return (from, fromLocation, to) => {
    const site = siteOf(place, "copy", to)
    const source = { name: place.name, root: fromLocation }
    const copied = Effect.fnUntraced(function* () {
      const stats = yield* lstat(connection, source, siteOf(source, "copy", from.path), from.path)
      yield* Effect.try({
        try: () => {
          if (!SftpFile.isFile(stats)) throw new NotFound({ message: "there is no such file" })
          SftpFile.assertSame(from, stats)
        },
        catch: (reason) => new StorageError({ ...site, reason: reason as Reason })
      })
      yield* folders.ensure(site, RemotePath.parent(to))
      const target = absolute(place, to)
      const name = RemotePath.basename(target)
      const temporary = `${target.slice(0, target.length - name.length)}${temporaryName(name)}`
      const discard = Effect.ignore(
        connection.call<void>(site, (sftp, done) => sftp.unlink(temporary, (error) => done(error, undefined)))
      )
      const written = connection.withFile(site, absolute(source, from.path), "r", (read) =>
        connection.withFile(site, temporary, "wx", (write) =>
          Effect.gen(function* () {
            yield* connection.onPatiently<void>(write, site, (sftp, done) =>
              sftp.ext_copy_data(read.handle, 0, 0, write.handle, 0, (error) => done(error, undefined))
            )
            const attributes = { atime: stats.mtime, mtime: stats.mtime }
            yield* connection.on<void>(write, site, (sftp, done) =>
              sftp.fsetstat(write.handle, attributes, (error) => done(error, undefined))
            )
            return yield* connection.on<Stats>(write, site, (sftp, done) => sftp.fstat(write.handle, done))
          })
        )
      )
      const kept = yield* Effect.onError(
        Effect.tap(written, () => renameOver(connection, site, temporary, target)),
        () => discard
      )
      return SftpFile.fileOf(to, kept)
    })
    return copied()
  }
}
