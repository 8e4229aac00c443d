/** Finding and removing the temporary files of runs that were cut off. Whether a run still writes one nobody knows here. */
import type { Leftover, Leftovers } from "@ourclone/core/contract/Leftovers"
import * as RemotePath from "@ourclone/core/contract/RemotePath"
import * as Spelling from "@ourclone/core/contract/Spelling"
import { InvalidRequest, StorageError } from "@ourclone/core/contract/StorageError"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import type { Listed } from "../connection/SftpConnection.ts"
import { whenMissing } from "../connection/SftpErrors.ts"
import * as SftpFile from "../place/SftpFile.ts"
import { absolute, lstat, siteOf } from "../place/SftpPlace.ts"
import { nameOf } from "../unfinished/AsideName.ts"
import { idOf, isTemporary } from "../unfinished/TemporaryName.ts"
import type { Writing } from "./SftpWrite.ts"

const leftoverOf = (prefix: string, { attrs, filename }: Listed, isResumable: boolean): Leftover => ({
  path: prefix + Spelling.unicode.toPath(filename),
  size: attrs.size,
  changedAt: attrs.mtime * 1000,
  isAbandoned: false,
  isResumable
})

/** `names` are those of its folder. */
const isLeft = (filename: string, names: ReadonlySet<string>): boolean => {
  const replaced = nameOf(filename)
  return replaced === undefined ? isTemporary(filename) : names.has(replaced)
}

/** `isBegun` says whether a later run goes on with the large file of that id. */
export const make = (writing: Writing, isBegun: (id: string) => boolean): Leftovers => {
  const { connection, folders, place } = writing
  const readdir = (path: string) => {
    const site = siteOf(place, "leftovers", path)
    const reading = Effect.suspend(() => connection.readdir(site, absolute(place, path)))
    return Effect.catchTag(reading, "StorageError", (error) =>
      error.reason._tag === "NotFound" || error.reason._tag === "PermissionDenied"
        ? Effect.succeed([])
        : Effect.fail(error)
    )
  }
  return {
    list: Stream.paginate(
      [""] as ReadonlyArray<string>,
      Effect.fnUntraced(function* ([prefix = "", ...pending]: ReadonlyArray<string>) {
        const found = yield* readdir(prefix.slice(0, -1))
        const below = found
          .filter(({ attrs, filename }) => SftpFile.isDirectory(attrs) && !/^\.{1,2}$|\//.test(filename))
          .map(({ filename }) => `${prefix}${Spelling.unicode.toPath(filename)}/`)
          .filter((path) => RemotePath.refusal(path.slice(0, -1)) === undefined)
        const rest = [...below, ...pending]
        const names = new Set(found.map(({ filename }) => filename))
        const mine = found
          .filter(({ attrs, filename }) => SftpFile.isTold(attrs) && SftpFile.isFile(attrs) && isLeft(filename, names))
          .map((one) => leftoverOf(prefix, one, isBegun(idOf(one.filename))))
        return [mine, rest.length === 0 ? Option.none() : Option.some(rest)] as const
      })
    ),
    remove: ({ path }) => {
      const site = siteOf(place, "leftovers", path)
      const name = RemotePath.basename(path)
      const replaced = nameOf(name)
      if (!isTemporary(name) && replaced === undefined) {
        const reason = new InvalidRequest({ message: "this is no file that a run has left behind" })
        return Effect.fail(new StorageError({ ...site, reason }))
      }
      const folder = RemotePath.parent(RemotePath.makeUnsafe(path))
      const unlink = Effect.andThen(
        folders.find(site, folder),
        connection.call<void>(site, (sftp, done) =>
          sftp.unlink(absolute(place, path), (error) => done(error, undefined))
        )
      )
      // What was put aside stays as long as nothing has taken its place.
      const isReplaced = Effect.suspend(() =>
        replaced === undefined
          ? Effect.void
          : lstat(connection, place, site, RemotePath.join(folder, RemotePath.makeUnsafe(replaced)))
      )
      return whenMissing(Effect.andThen(isReplaced, unlink), () => Effect.void)
    }
  }
}
