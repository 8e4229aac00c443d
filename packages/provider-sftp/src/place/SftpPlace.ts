/** Where a provider is rooted on the server, and what paths are called there. */
import * as RemotePath from "@ourclone/core/contract/RemotePath"
import * as Spelling from "@ourclone/core/contract/Spelling"
import { InvalidRequest, type StorageError, UnexpectedResponse } from "@ourclone/core/contract/StorageError"
import * as Effect from "effect/Effect"
import type { Stats } from "ssh2"
import type { SftpConnection } from "../connection/SftpConnection.ts"
import { type Site, whenMissing } from "../connection/SftpErrors.ts"
import * as SftpFile from "./SftpFile.ts"

export interface Place {
  /** `Provider.name`. */
  readonly name: string
  /** Absolute, without `/` at its end; "" for the root of the server. */
  readonly root: string
}

export const siteOf = ({ name }: Place, operation: string, path: string): Site => ({ provider: name, operation, path })

const refused = (because: string) =>
  new InvalidRequest({ message: `this name can not be used: ${because}`, concernsName: true })

/** The absolute path of `path` on the server. Throws `InvalidRequest` when it can be no name there. */
export const absolute = ({ root }: Place, path: string): string => {
  if (path === "") return root || "/"
  const because = RemotePath.refusal(path)
  if (because !== undefined) throw refused(because)
  const name = Spelling.unicode.toName(path)
  if (name.includes("\0")) throw refused("it holds a NUL")
  return `${root}/${name}`
}

const untold = new UnexpectedResponse({ message: SftpFile.untold })

/** What `path` stands for, a symbolic link for itself. */
export const lstat = (
  connection: SftpConnection,
  place: Place,
  site: Site,
  path: string
): Effect.Effect<Stats, StorageError> =>
  connection.call<Stats>(site, (sftp, done) =>
    sftp.lstat(absolute(place, path), (error, stats) =>
      error || SftpFile.isTold(stats) ? done(error, stats) : done(untold, stats)
    )
  )

const parentOf = (path: string): string => path.slice(0, Math.max(1, path.lastIndexOf("/")))

/** `location` as the server calls it, links followed as far as it is there. A relative one lies in the user's folder. */
export const rootOf = (
  connection: SftpConnection,
  site: Site,
  location: string
): Effect.Effect<string, StorageError> => {
  const real = (path: string) =>
    connection.call<string>(site, (sftp, done) => sftp.realpath(path, (error, found) => done(error, found)))
  const follow = (path: string): Effect.Effect<string, StorageError> =>
    whenMissing(real(path), (error) =>
      path === "/"
        ? Effect.fail(error)
        : Effect.map(follow(parentOf(path)), (parent) => `${parent === "/" ? "" : parent}/${RemotePath.basename(path)}`)
    )
  const trimmed = location.replace(/\/+$/, "").replace(/\/{2,}/g, "/")
  if (location.startsWith("/")) return Effect.map(follow(trimmed || "/"), (path) => (path === "/" ? "" : path))
  return Effect.flatMap(real("."), (home) =>
    Effect.map(follow(trimmed === "" ? home : `${home === "/" ? "" : home}/${trimmed}`), (path) =>
      path === "/" ? "" : path
    )
  )
}
