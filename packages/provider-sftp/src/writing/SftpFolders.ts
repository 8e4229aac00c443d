/** The folders that files are written to. Nothing is written or removed behind a symbolic link. */
import type { RemotePath } from "@ourclone/core/contract/RemotePath"
import { AlreadyExists, NotFound, StorageError } from "@ourclone/core/contract/StorageError"
import * as Effect from "effect/Effect"
import type { Stats } from "ssh2"
import type { SftpConnection } from "../connection/SftpConnection.ts"
import { type Site, whenMissing } from "../connection/SftpErrors.ts"
import * as SftpFile from "../place/SftpFile.ts"
import { absolute, lstat, type Place } from "../place/SftpPlace.ts"

export interface SftpFolders {
  /** Makes it, and what it lies in, where that is missing. Fails with `AlreadyExists` where something else stands there. */
  readonly ensure: (site: Site, path: RemotePath) => Effect.Effect<void, StorageError>
  /** Fails with `NotFound` where it, or what it lies in, is no folder of its own. */
  readonly find: (site: Site, path: RemotePath) => Effect.Effect<void, StorageError>
  /** Looks again the next time: somebody else has removed one. */
  readonly forget: () => void
}

/** Bounds what is remembered. */
const mostKnown = 100_000

const stepsOf = (path: string): ReadonlyArray<string> =>
  path === "" ? [] : path.split("/").map((_, index, names) => names.slice(0, index + 1).join("/"))

export const make = (connection: SftpConnection, place: Place): SftpFolders => {
  const known = new Set<string>()
  const remember = (path: string): void => {
    if (known.size >= mostKnown) known.clear()
    known.add(path)
  }
  const mkdir = (site: Site, path: string) =>
    connection.call<void>(site, (sftp, done) => sftp.mkdir(path, (error) => done(error, undefined)))

  /** Follows links. */
  const isThere = (site: Site, path: string): Effect.Effect<void, StorageError> =>
    Effect.asVoid(connection.call<Stats>(site, (sftp, done) => sftp.stat(path, done)))

  /** The root and what it lies in: links on the way there are the user's own. */
  const ensureRoot = (site: Site, path: string): Effect.Effect<void, StorageError> => {
    if (path === "") return Effect.void
    // Another one may have made it meanwhile, which the server does not say.
    const made = Effect.catchTag(mkdir(site, path), "StorageError", (error) =>
      Effect.mapError(isThere(site, path), () => error)
    )
    return whenMissing(isThere(site, path), () =>
      Effect.andThen(ensureRoot(site, path.slice(0, path.lastIndexOf("/"))), made)
    )
  }

  const inTheWay = (site: Site, path: string) =>
    new StorageError({
      ...site,
      path,
      reason: new AlreadyExists({
        message: "a file or a symbolic link stands where a folder should be: rename or remove it"
      })
    })

  const look = (site: Site, path: string): Effect.Effect<void, StorageError> =>
    Effect.flatMap(lstat(connection, place, site, path), (stats) =>
      SftpFile.isDirectory(stats) ? Effect.sync(() => remember(path)) : Effect.fail(inTheWay(site, path))
    )
  const ensureOne = (site: Site, path: string): Effect.Effect<void, StorageError> => {
    const made = Effect.tap(
      Effect.suspend(() => mkdir(site, absolute(place, path))),
      () => Effect.sync(() => remember(path))
    )
    const lookAgain = (error: StorageError) => whenMissing(look(site, path), () => Effect.fail(error))
    return whenMissing(look(site, path), () => Effect.catchTag(made, "StorageError", lookAgain))
  }

  return {
    forget: () => known.clear(),
    ensure: Effect.fnUntraced(function* (site, path) {
      if (known.has(path)) return
      if (!known.has("")) yield* ensureRoot(site, place.root)
      remember("")
      for (const step of stepsOf(path)) if (!known.has(step)) yield* ensureOne(site, step)
    }),
    find: Effect.fnUntraced(function* (site, path) {
      for (const step of stepsOf(path)) {
        if (known.has(step)) continue
        yield* Effect.catchReason(look(site, step), "StorageError", "AlreadyExists", () =>
          Effect.fail(new StorageError({ ...site, reason: new NotFound({ message: "there is no such folder" }) }))
        )
      }
    })
  }
}
