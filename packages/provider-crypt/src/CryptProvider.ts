/**
 * Another place, whose names and bytes are encrypted here: what is beneath sees neither. Sizes, times and the number of
 * files stay visible to it. The format is that of rclone's `crypt`, so that each reads what the other wrote.
 */
import type { ByteSource } from "@ourclone/core/contract/ByteSource"
import type { DatedFile, Directory, Entry, File } from "@ourclone/core/contract/Entry"
import type { PlaceIdentity } from "@ourclone/core/contract/PlaceIdentity"
import type { Provider, PutOptions } from "@ourclone/core/contract/Provider"
import { join, makeUnsafe, type RemotePath } from "@ourclone/core/contract/RemotePath"
import { InvalidRequest, isStorageError, Reason, StorageError } from "@ourclone/core/contract/StorageError"
import type { Version } from "@ourclone/core/contract/Versions"
import { mostAtOnce, upload } from "@ourclone/core/engine/Upload"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import * as Blocks from "./content/Blocks.ts"
import * as Decrypted from "./content/Decrypted.ts"
import * as Encrypted from "./content/Encrypted.ts"
import * as Names from "./names/Names.ts"
import * as OtherPassword from "./OtherPassword.ts"
import type { CryptOptions } from "./settings/CryptOptions.ts"
import type { Keys } from "./settings/Keys.ts"

/** Parts of one large file that are on their way at once. */
const partsAtOnce = 4

const isReason = Schema.is(Reason)

const notOurs = "it was not stored with this password and these options"

/**
 * `location` is that of the place, as people typed it; `beneath` is rooted at what that is called there, and `outermost` at
 * what the whole remote is.
 */
export const make = (
  beneath: Provider,
  name: string,
  options: CryptOptions,
  keys: Keys,
  outermost: Effect.Effect<Provider, StorageError, Scope.Scope> = Effect.succeed(beneath)
): Provider => {
  const names = Names.make(options, keys)
  const refused = OtherPassword.makeRefusal(outermost, name, names, keys.data)

  const hintOf = (path: string): string | undefined => {
    try {
      return names.tooLong(makeUnsafe(path))
    } catch {
      return undefined
    }
  }
  /** A storage that refuses a name of which it can only be told what it is hidden as. */
  const lengthened = (path: string, reason: Reason): Reason => {
    const isOfName = reason._tag === "PermissionDenied" && reason.concernsAll !== true
    if (!isOfName && reason._tag !== "InvalidRequest" && reason._tag !== "UnexpectedResponse") return reason
    const hint = hintOf(path)
    return hint === undefined
      ? reason
      : new InvalidRequest({ message: `${reason.message}; ${hint}`, concernsName: true })
  }

  /** Names the file as people know it, and the place too. */
  const translated =
    (path: string) =>
    ({ operation, reason }: StorageError): StorageError =>
      new StorageError({ provider: name, operation, path, reason: lengthened(path, reason) })
  const work = <A>(path: RemotePath, run: () => Effect.Effect<A, StorageError>): Effect.Effect<A, StorageError> =>
    Effect.mapError(
      Effect.suspend(() => {
        try {
          return run()
        } catch (error) {
          if (isStorageError(error)) return Effect.fail(error)
          if (!isReason(error)) throw error
          return Effect.fail(new StorageError({ provider: name, operation: "name", path, reason: error }))
        }
      }),
      translated(path)
    )

  const fileBeneath = (file: File): File => {
    const { checksums, contentType, hasNotedChecksums, ...rest } = file
    return { ...rest, path: names.fileBeneath(file.path), size: Blocks.encryptedSize(file.size), checksums: {} }
  }
  /** Without checksums: those that the storage knows are of the encrypted bytes. */
  const fileAbove = <Known extends File>(path: RemotePath, file: Known, size: number): Known => {
    const { checksums, contentType, hasNotedChecksums, ...rest } = file
    return { ...rest, path, size, checksums: {} } as unknown as Known
  }
  const known = (path: RemotePath, file: DatedFile): Effect.Effect<DatedFile, StorageError> => {
    const size = Blocks.plainSize(file.size)
    if (size !== undefined) return Effect.succeed(fileAbove(path, file, size))
    const reason = new InvalidRequest({ message: `no encrypted file has ${file.size} bytes: ${notOurs}` })
    return Effect.fail(new StorageError({ provider: name, operation: "stat", path, reason }))
  }

  const skipped = (path: string, because: string): Entry => ({ _tag: "Skipped", path, because, isFailure: true })
  const entryAbove =
    (directory: RemotePath, folder: RemotePath) =>
    (entry: Entry): Entry => {
      /** Of something in `directory`, without decrypting again what that is called. */
      const inside = (path: string, show: (path: string) => RemotePath | undefined): RemotePath | undefined => {
        const found = show(folder === "" ? path : path.slice(folder.length + 1))
        return found === undefined ? undefined : join(directory, found)
      }
      switch (entry._tag) {
        case "Skipped":
          return { ...entry, path: inside(entry.path, names.file) ?? inside(entry.path, names.folder) ?? entry.path }
        case "Directory": {
          const path = inside(entry.path, names.folder)
          return path === undefined ? skipped(entry.path, notOurs) : { _tag: "Directory", path }
        }
        case "File": {
          const path = inside(entry.path, names.file)
          const size = Blocks.plainSize(entry.size)
          return path === undefined || size === undefined
            ? skipped(path ?? entry.path, notOurs)
            : fileAbove(path, entry, size)
        }
      }
    }

  const { read, readAll } = Decrypted.make(beneath, name, keys.data, fileBeneath)

  const encrypt = (path: RemotePath, source: ByteSource, nonce = Blocks.makeNonce()) =>
    Encrypted.make(source, keys.data, nonce, { provider: name, operation: "put", path })
  /** `work` that stores what others will have to decrypt. */
  const storing = <A>(path: RemotePath, run: () => Effect.Effect<A, StorageError>): Effect.Effect<A, StorageError> =>
    Effect.andThen(refused, work(path, run))
  const { largeFile } = beneath
  /** Parts that were encrypted otherwise are of no use. */
  const anew: Provider =
    largeFile === undefined ? beneath : { ...beneath, largeFile: { ...largeFile, unfinished: () => Stream.empty } }
  /** In parts where that is better; a later run goes on where the bytes, and those of its parts, can be told from others. */
  const put = (path: RemotePath, source: ByteSource, putOptions: PutOptions) => {
    const { digest, size } = source
    const to = names.fileBeneath(path)
    const how = { ...optionsBeneath(putOptions), partConcurrency: partsAtOnce }
    const isInParts = Blocks.encryptedSize(size) > mostAtOnce(beneath)
    if (digest === undefined || !isInParts || largeFile?.limits.partChecksum === undefined) {
      return upload(anew, to, encrypt(path, source), how)
    }
    return Effect.flatMap(digest(undefined, "sha256"), ({ whole }) => {
      const nonce = Blocks.derivedNonce(keys.data, [to, size, putOptions.modifiedAt], whole)
      return upload(beneath, to, encrypt(path, source, nonce), how)
    })
  }
  const optionsBeneath = ({ contentType, ...rest }: PutOptions): PutOptions => rest
  /** What was stored is told with the SHA-1 that it was sent with, as nothing else knows it. */
  const stored = (path: RemotePath, source: ByteSource) => (file: DatedFile) =>
    Effect.map(
      known(path, file),
      (above): DatedFile => (source.sha1 === undefined ? above : { ...above, checksums: { sha1: source.sha1 } })
    )

  const { capabilities, copy, freeSpace, leftovers, move, moveDirectory, putIfAbsent, putIfSame, touch, versions } =
    beneath
  const { keys: keysBeneath, locate, makeDirectory, mountOf, removeDirectory, setMetadata, statDirectory } = beneath
  const { metadataRefusal } = capabilities
  const versionAbove = (version: Version): ReadonlyArray<Version> => {
    const path = names.file(version.path)
    const size = version.kind === "Hidden" ? 0 : Blocks.plainSize(version.size)
    if (path === undefined || size === undefined) return []
    const { checksums, contentType, ...rest } = version
    return [{ ...rest, path, size }]
  }
  const versionBeneath = (version: Version): Version => ({
    ...version,
    path: names.fileBeneath(version.path),
    size: version.kind === "Hidden" ? 0 : Blocks.encryptedSize(version.size)
  })

  // Another account than what is beneath: a copy inside the service would take encrypted bytes for plain ones.
  const placeAbove = (place: PlaceIdentity): PlaceIdentity => ({
    ...place,
    account: `crypt:${keys.id}:${place.account}`
  })
  return {
    specification: beneath.specification,
    name,
    place: placeAbove(beneath.place),
    beneath: beneath.beneath ?? beneath.place,
    location: beneath.location,
    rates: beneath.rates,
    capabilities: {
      ...capabilities,
      checksums: [],
      listsInOrder: false,
      isCaseSensitive:
        options.filenameEncryption === "standard" &&
        options.directoryNameEncryption &&
        options.filenameEncoding === "base32"
          ? true
          : capabilities.isCaseSensitive,
      isLocal: false,
      metadataRefusal: metadataRefusal && ((metadata, path) => metadataRefusal(metadata, names.fileBeneath(path))),
      maxPutSize: Number.MAX_SAFE_INTEGER
    },
    list: (directory, { depth, mayContain } = {}) =>
      Stream.unwrap(
        work(directory, () => {
          const folder = names.folderBeneath(directory)
          const listed = beneath.list(folder, {
            depth,
            mayContain:
              mayContain &&
              ((path) => {
                const above = names.folder(path)
                return above === undefined || mayContain(above)
              })
          })
          const above = entryAbove(directory, folder)
          return Effect.succeed(Stream.map(Stream.mapError(listed, translated(directory)), above))
        })
      ),
    stat: (path) =>
      work(path, () => Effect.flatMap(beneath.stat(names.fileBeneath(path)), (file) => known(path, file))),
    statDirectory:
      statDirectory &&
      ((path) =>
        work(path, () =>
          Effect.map(statDirectory(names.folderBeneath(path)), (): Directory => ({ _tag: "Directory", path }))
        )),
    read: (file, range) => Stream.mapError(read(file, range), translated(file.path)),
    readAll: (file) => work(file.path, () => readAll(file)),
    put: (path, source, putOptions) =>
      storing(path, () => Effect.flatMap(put(path, source, putOptions), stored(path, source))),
    putIfAbsent:
      putIfAbsent &&
      ((path, source, putOptions) =>
        storing(path, () =>
          Effect.flatMap(
            putIfAbsent(names.fileBeneath(path), encrypt(path, source), optionsBeneath(putOptions)),
            stored(path, source)
          )
        )),
    putIfSame:
      putIfSame &&
      ((file, source, putOptions) =>
        work(file.path, () =>
          Effect.flatMap(
            putIfSame(fileBeneath(file), encrypt(file.path, source), optionsBeneath(putOptions)),
            stored(file.path, source)
          )
        )),
    touch:
      touch &&
      ((file, modifiedAt, nanoseconds) =>
        work(file.path, () =>
          Effect.flatMap(touch(fileBeneath(file), modifiedAt, nanoseconds), (touched) => known(file.path, touched))
        )),
    setMetadata:
      setMetadata &&
      ((file, metadata, modifiedAt, nanoseconds) =>
        work(file.path, () =>
          Effect.flatMap(setMetadata(fileBeneath(file), metadata, modifiedAt, nanoseconds), (set) =>
            known(file.path, set)
          )
        )),
    remove: (path) => work(path, () => beneath.remove(names.fileBeneath(path))),
    locate: locate && ((path) => work(path, () => Effect.map(locate(names.fileBeneath(path)), placeAbove))),
    mountOf: mountOf && ((path) => work(path, () => mountOf(names.fileBeneath(path)))),
    makeDirectory: makeDirectory && ((path) => storing(path, () => makeDirectory(names.folderBeneath(path)))),
    removeDirectory: removeDirectory && ((path) => work(path, () => removeDirectory(names.folderBeneath(path)))),
    copy:
      copy &&
      ((from, fromLocation, to) =>
        work(to, () =>
          Effect.flatMap(copy(fileBeneath(from), fromLocation, names.fileBeneath(to)), (file) => known(to, file))
        )),
    move:
      move &&
      ((from, to) =>
        work(from.path, () =>
          Effect.flatMap(move(fileBeneath(from), names.fileBeneath(to)), (file) => known(to, file))
        )),
    moveDirectory:
      moveDirectory &&
      ((from, to) => work(from, () => moveDirectory(names.folderBeneath(from), names.folderBeneath(to)))),
    versions: versions && {
      list: (path, options) =>
        Stream.unwrap(
          work(path, () => {
            const [file, folder] = [names.fileBeneath(path), names.folderBeneath(path)]
            const own = versions.list(file, options)
            const found =
              file === folder || options?.newest !== undefined ? own : Stream.concat(own, versions.list(folder))
            return Effect.succeed(
              Stream.flatMap(Stream.mapError(found, translated(path)), (version) =>
                Stream.fromArray([...versionAbove(version)])
              )
            )
          })
        ),
      remove: (version) => work(version.path, () => versions.remove(versionBeneath(version))),
      ...(versions.hide && { hide: (path: RemotePath) => work(path, () => versions.hide!(names.fileBeneath(path))) })
    },
    keys: keysBeneath && { ...keysBeneath, ofAccount: undefined },
    clockAheadMillis: beneath.clockAheadMillis,
    downloads: beneath.downloads,
    remarks: beneath.remarks,
    tidy: beneath.tidy,
    leftovers,
    freeSpace
  }
}

/** What `location` is called beneath, where it may be a file or a folder: a folder. */
export const locationBeneath = (location: string, options: CryptOptions, keys: Keys): string =>
  Names.make(options, keys).folderBeneath(makeUnsafe(location.replace(/^\/+|\/+$/g, "")))
