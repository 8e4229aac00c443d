/** What is done with files and folders that are there: removing, renaming, giving times. */
import type { DatedFile, Directory, File } from "@ourclone/core/contract/Entry"
import type { Provider } from "@ourclone/core/contract/Provider"
import * as RemotePath from "@ourclone/core/contract/RemotePath"
import {
  AlreadyExists,
  InvalidRequest,
  NotFound,
  type Reason,
  StorageError
} from "@ourclone/core/contract/StorageError"
import * as Effect from "effect/Effect"
import type { Stats } from "ssh2"
import { folderInTheWay, type Site, whenMissing } from "../connection/SftpErrors.ts"
import * as SftpFile from "../place/SftpFile.ts"
import { absolute, lstat, siteOf } from "../place/SftpPlace.ts"
import { rename, renameOver } from "../unfinished/SftpRename.ts"
import type { Writing } from "./SftpWrite.ts"

const failWith = (site: Site, reason: Reason) => Effect.fail(new StorageError({ ...site, reason }))

const nothing = <A>(effect: Effect.Effect<A, StorageError>): Effect.Effect<A | undefined, StorageError> =>
  whenMissing(effect, () => Effect.succeed(undefined))

const statsOf = ({ connection, place }: Writing, site: Site, path: string): Effect.Effect<Stats, StorageError> =>
  path === ""
    ? connection.call<Stats>(site, (sftp, done) => sftp.stat(absolute(place, ""), done))
    : lstat(connection, place, site, path)

/** Fails with `NotFound` where no file is at its path, and with `SourceChanged` where it is seen to be another. */
const found = (writing: Writing, site: Site, file: File): Effect.Effect<Stats, StorageError> =>
  Effect.flatMap(statsOf(writing, site, file.path), (stats) =>
    SftpFile.isFile(stats)
      ? Effect.try({
          try: () => {
            SftpFile.assertSame(file, stats)
            return stats
          },
          catch: (reason) => new StorageError({ ...site, reason: reason as Reason })
        })
      : failWith(site, new NotFound({ message: "there is no such file" }))
  )

export const stat =
  (writing: Writing): Provider["stat"] =>
  (path) => {
    const site = siteOf(writing.place, "stat", path)
    return Effect.flatMap(
      statsOf(writing, site, path),
      (stats): Effect.Effect<DatedFile, StorageError> =>
        SftpFile.isFile(stats)
          ? Effect.succeed(SftpFile.fileOf(path, stats))
          : failWith(site, new NotFound({ message: "there is no such file" }))
    )
  }

export const statDirectory =
  (writing: Writing): NonNullable<Provider["statDirectory"]> =>
  (path) => {
    const site = siteOf(writing.place, "statDirectory", path)
    return Effect.flatMap(
      statsOf(writing, site, path),
      (stats): Effect.Effect<Directory, StorageError> =>
        SftpFile.isDirectory(stats)
          ? Effect.succeed({ _tag: "Directory", path })
          : failWith(site, new NotFound({ message: "there is no such folder" }))
    )
  }

export const remove =
  (writing: Writing): Provider["remove"] =>
  (path) => {
    const { connection, folders, place } = writing
    const site = siteOf(place, "remove", path)
    const unlink = Effect.andThen(
      folders.find(site, RemotePath.parent(path)),
      connection.call<void>(site, (sftp, done) => sftp.unlink(absolute(place, path), (error) => done(error, undefined)))
    )
    return Effect.asVoid(nothing(unlink))
  }

export const makeDirectory =
  ({ folders, place }: Writing): NonNullable<Provider["makeDirectory"]> =>
  (path) =>
    folders.ensure(siteOf(place, "makeDirectory", path), path)

export const removeDirectory =
  (writing: Writing): NonNullable<Provider["removeDirectory"]> =>
  (path) => {
    const { connection, folders, place } = writing
    const site = siteOf(place, "removeDirectory", path)
    const rmdir = Effect.andThen(
      folders.find(site, RemotePath.parent(path)),
      connection.call<void>(site, (sftp, done) => sftp.rmdir(absolute(place, path), (error) => done(error, undefined)))
    )
    // That it is not empty is no more than a failure in the words of the protocol.
    const kept = Effect.catchReason(nothing(rmdir), "StorageError", "UnexpectedResponse", () => Effect.void)
    return Effect.asVoid(Effect.tap(kept, () => Effect.sync(folders.forget)))
  }

export const touch =
  (writing: Writing): NonNullable<Provider["touch"]> =>
  (file, modifiedAt) => {
    const { connection, place, times } = writing
    const site = siteOf(place, "touch", file.path)
    return Effect.gen(function* () {
      const seconds = times.secondsOf(modifiedAt)
      yield* found(writing, site, file)
      yield* connection.call<void>(site, (sftp, done) =>
        sftp.setstat(absolute(place, file.path), { atime: seconds, mtime: seconds }, (error) => done(error, undefined))
      )
      return SftpFile.fileOf(file.path, yield* found(writing, site, { ...file, identity: `${file.size}:${seconds}` }))
    })
  }

export const move =
  (writing: Writing): NonNullable<Provider["move"]> =>
  (from, to) => {
    const { connection, folders, place } = writing
    const site = siteOf(place, "move", from.path)
    return Effect.gen(function* () {
      const stats = yield* found(writing, site, from)
      yield* folders.ensure(site, RemotePath.parent(to))
      const target = yield* nothing(statsOf(writing, site, to))
      if (target !== undefined && SftpFile.isDirectory(target)) return yield* failWith(site, folderInTheWay())
      yield* Effect.suspend(() => renameOver(connection, site, absolute(place, from.path), absolute(place, to)))
      return SftpFile.fileOf(to, stats)
    })
  }

export const moveDirectory =
  (writing: Writing): NonNullable<Provider["moveDirectory"]> =>
  (from, to) => {
    const { connection, folders, place } = writing
    const site = siteOf(place, "moveDirectory", from)
    return Effect.gen(function* () {
      const stats = yield* statsOf(writing, site, from)
      if (!SftpFile.isDirectory(stats))
        return yield* failWith(site, new NotFound({ message: "there is no such folder" }))
      if (RemotePath.isWithin(to, from)) {
        return yield* failWith(site, new InvalidRequest({ message: "it would lie inside itself" }))
      }
      if ((yield* nothing(statsOf(writing, site, to))) !== undefined) {
        return yield* failWith(site, new AlreadyExists({ message: "something is there already" }))
      }
      yield* folders.ensure(site, RemotePath.parent(to))
      yield* Effect.suspend(() => rename(connection, site, absolute(place, from), absolute(place, to)))
      folders.forget()
    })
  }
