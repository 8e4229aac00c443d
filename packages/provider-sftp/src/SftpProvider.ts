/** A folder of a server that is reached by SSH, as a provider. */
import * as PlaceIdentity from "@ourclone/core/contract/PlaceIdentity"
import type { Provider } from "@ourclone/core/contract/Provider"
import { specification } from "@ourclone/core/contract/Specification"
import type { StorageError } from "@ourclone/core/contract/StorageError"
import { type UploadJournal, Uploads } from "@ourclone/core/layers/UploadJournal"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import * as SftpConnection from "./connection/SftpConnection.ts"
import type { SftpOptions } from "./connection/SftpOptions.ts"
import { type Place, rootOf } from "./place/SftpPlace.ts"
import * as SftpListing from "./reading/SftpListing.ts"
import * as SftpRead from "./reading/SftpRead.ts"
import { freeBytes } from "./writing/FreeSpace.ts"
import { copy } from "./writing/SftpCopy.ts"
import * as SftpFolders from "./writing/SftpFolders.ts"
import * as SftpLargeFile from "./writing/SftpLargeFile.ts"
import * as SftpLeftovers from "./writing/SftpLeftovers.ts"
import * as SftpNames from "./writing/SftpNames.ts"
import * as SftpTimes from "./writing/SftpTimes.ts"
import * as SftpWrite from "./writing/SftpWrite.ts"

export interface SftpAccount {
  /** The server, by its key: the same whatever name or user it was reached by. */
  readonly id: string
  readonly connection: SftpConnection.SftpConnection
  readonly journal: UploadJournal
  readonly caseSensitive: boolean | undefined
}

/** Fails with `Unauthenticated`, with `Unavailable`, and with `InvalidRequest` where the server is not who it should be. */
export const connect = (options: SftpOptions, name: string): Effect.Effect<SftpAccount, StorageError, Scope.Scope> =>
  Effect.gen(function* () {
    const connection = yield* SftpConnection.make(options, name)
    return {
      id: `sftp:${connection.hostId}`,
      connection,
      journal: yield* Uploads,
      caseSensitive: options.caseSensitive
    }
  })

export const open = (
  { caseSensitive, connection, id, journal }: SftpAccount,
  name: string,
  location: string
): Effect.Effect<Provider, StorageError> =>
  Effect.map(rootOf(connection, { provider: name, operation: "open", path: "" }, location), (root): Provider => {
    const place: Place = { name, root }
    const times = SftpTimes.make(name)
    const writing = { connection, place, folders: SftpFolders.make(connection, place), times }
    const { isBegun, largeFile } = SftpLargeFile.make(writing, id, journal)
    return {
      specification,
      name,
      place: PlaceIdentity.ofPath(id, root.slice(1)),
      location: root,
      capabilities: {
        checksums: [],
        modifiedAtPrecision: 1000,
        timesKept: SftpTimes.timesKept,
        keepsNanoseconds: false,
        listsInOrder: true,
        // The disk of the server decides.
        isCaseSensitive: caseSensitive,
        isLocal: false,
        hasDirectories: true,
        keepsVersions: false,
        keepsMetadata: false,
        maxPutSize: Number.MAX_SAFE_INTEGER
      },
      list: (directory, options) => SftpListing.list(connection, place, directory, options),
      stat: SftpNames.stat(writing),
      statDirectory: SftpNames.statDirectory(writing),
      read: SftpRead.read(connection, place),
      readAll: SftpRead.readAll(connection, place),
      put: SftpWrite.put(writing),
      putIfAbsent: SftpWrite.putIfAbsent(writing),
      touch: SftpNames.touch(writing),
      copy: copy(writing),
      move: SftpNames.move(writing),
      moveDirectory: SftpNames.moveDirectory(writing),
      remove: SftpNames.remove(writing),
      makeDirectory: SftpNames.makeDirectory(writing),
      removeDirectory: SftpNames.removeDirectory(writing),
      largeFile,
      remarks: times.remarks,
      leftovers: SftpLeftovers.make(writing, isBegun),
      freeSpace: connection.extensions.has("statvfs@openssh.com") ? freeBytes(connection, place) : undefined
    }
  })
