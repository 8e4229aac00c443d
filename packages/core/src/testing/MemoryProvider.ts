/**
 * The reference provider: the shortest code that keeps the contract, for tests
 * of everything that is written against it. It keeps files, empty directories
 * and large files in memory, and old versions where it is asked to: otherwise a file replaced is gone.
 */
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { Capabilities } from "../contract/Capabilities.ts"
import { type DatedFile, type Directory, type Entry, type File, orderKey } from "../contract/Entry.ts"
import type { Limits } from "../contract/LargeFile.ts"
import * as PlaceIdentity from "../contract/PlaceIdentity.ts"
import type { Provider, Put, PutOptions } from "../contract/Provider.ts"
import * as RemotePath from "../contract/RemotePath.ts"
import { specification } from "../contract/Specification.ts"
import {
  AlreadyExists,
  failing,
  InvalidRequest,
  NotFound,
  type Reason,
  SourceChanged
} from "../contract/StorageError.ts"
import * as MemoryAccount from "./MemoryAccount.ts"
import * as MemoryLargeFile from "./MemoryLargeFile.ts"
import * as MemoryVersions from "./MemoryVersions.ts"

export interface Options {
  /** Another provider's account, to copy between the two; a new one otherwise. */
  readonly account?: MemoryAccount.MemoryAccount
  readonly location?: string
  readonly name?: string
  readonly capabilities?: Partial<Capabilities>
  readonly limits?: Partial<Limits>
  /** Files are told apart by an `identity`, as with an ETag, instead of a `versionId`. */
  readonly hasVersionIds?: boolean
  /** Files that are replaced or removed stay as versions. */
  readonly keepsVersions?: boolean
  /** Listings leave `modifiedAt` out. */
  readonly listsTimes?: boolean
  /** Listings leave `versionId` out. */
  readonly listsVersionIds?: boolean
}

const pieceSize = 1024 * 1024

/** The bytes in copies of about 1 MiB, so that a reader who writes into a piece harms nobody. */
const pieces = (bytes: Uint8Array): Array<Uint8Array> => {
  const result: Array<Uint8Array> = []
  for (let start = 0; start < bytes.length; start += pieceSize) result.push(bytes.slice(start, start + pieceSize))
  return result
}

export const make = (options: Options = {}): Provider & { readonly memory: MemoryAccount.MemoryAccount } => {
  const { account = MemoryAccount.make(), hasVersionIds = true, keepsVersions = false } = options
  const { listsTimes = true, listsVersionIds = true, location = "", name = "memory" } = options
  const absolute = (path: string, at: string = location) =>
    RemotePath.join(RemotePath.makeUnsafe(at), RemotePath.makeUnsafe(path))
  const relative = (path: string) => RemotePath.within(path, location)
  const here = <F extends File>(file: F): F => ({ ...file, path: relative(file.path) })
  const listed = ({ modifiedAt, versionId, ...file }: DatedFile): File =>
    here({
      ...file,
      ...(listsTimes ? { modifiedAt } : {}),
      ...(listsVersionIds && versionId !== undefined ? { versionId } : {})
    })
  const fail = failing(name)

  const store = (path: string, bytes: Uint8Array, { contentType, metadata, modifiedAt }: PutOptions): DatedFile => {
    const id = `version-${account.nextId++}`
    const file: DatedFile = {
      _tag: "File",
      path: absolute(path),
      size: bytes.length,
      modifiedAt,
      checksums: { sha1: MemoryAccount.sha1(bytes) },
      ...(hasVersionIds ? { versionId: id } : { identity: id }),
      ...(contentType === undefined ? {} : { contentType }),
      ...(metadata === undefined ? {} : { metadata })
    }
    account.files.set(file.path, { file, bytes })
    if (keepsVersions) MemoryVersions.keep(account, file.path, { file, bytes })
    return here(file)
  }

  const find = (operation: string, path: string, seen?: File, at = location) =>
    Effect.suspend(() => {
      const found = account.files.get(absolute(path, at))
      if (found === undefined || (seen?.versionId !== undefined && seen.versionId !== found.file.versionId)) {
        return Effect.fail(fail(operation, path, new NotFound({ message: "there is no such file" })))
      }
      if (seen?.identity === undefined || seen.identity === found.file.identity) return Effect.succeed(found)
      return Effect.fail(fail(operation, path, new SourceChanged({ message: "it was replaced after it was seen" })))
    })

  /** What may be read though it was replaced. */
  const findVersion = (operation: string, file: File, at = location) =>
    Effect.suspend(() => {
      const { path, versionId } = file
      const kept = versionId === undefined ? undefined : MemoryVersions.find(account, absolute(path, at), versionId)
      return kept === undefined ? find(operation, path, file, at) : Effect.succeed(kept)
    })

  const put: Put = (path, source, putOptions) =>
    Effect.map(
      MemoryAccount.receive(source, source.sha1, (reason) => fail("put", path, reason)),
      (bytes) => store(path, bytes, putOptions)
    )

  /** Whether a directory, or a file below one, is at `path`. */
  const isDirectory = (path: string): boolean => path === location || account.directories.has(path) || !isEmpty(path)

  const list: Provider["list"] = (directory, listOptions) =>
    Stream.suspend(() => {
      const start = absolute(directory)
      const skipped = start === "" ? 0 : start.length + 1
      const isInside = (path: string) => path.length > skipped && RemotePath.isWithin(path, start)
      const entries = new Map<string, Entry>()
      const addDirectory = (path: string) => entries.set(`${path}/`, { _tag: "Directory", path: relative(path) })
      /** Adds the first level that holds `path`, when only that one is asked for and `path` lies deeper. */
      const isFolded = (path: string) => {
        const slash = path.indexOf("/", skipped)
        if (listOptions?.depth !== 1 || slash < 0) return false
        addDirectory(path.slice(0, slash))
        return true
      }
      for (const { file } of account.files.values()) {
        if (isInside(file.path) && !isFolded(file.path)) entries.set(file.path, listed(file))
      }
      for (const path of account.directories) {
        if (isInside(path) && !isFolded(path) && (listOptions?.depth === 1 || isEmpty(path))) addDirectory(path)
      }
      const { after = "" } = listOptions ?? {}
      const wanted = [...entries.values()].filter((entry) => RemotePath.compare(orderKey(entry), after) > 0)
      return Stream.fromArray(wanted.sort((a, b) => RemotePath.compare(orderKey(a), orderKey(b))))
    })

  const isEmpty = (directory: string) => {
    const isBelow = (path: string) => path.startsWith(`${directory}/`)
    return ![...account.files.keys()].some(isBelow) && ![...account.directories].some(isBelow)
  }

  const moveRefusal = (source: string, target: string): Reason | undefined => {
    if (!isDirectory(source)) return new NotFound({ message: "there is no such directory" })
    if (RemotePath.isWithin(target, source)) return new InvalidRequest({ message: "it would lie inside itself" })
    if (!account.files.has(target) && !isDirectory(target)) return undefined
    return new AlreadyExists({ message: "something is there already" })
  }

  return {
    specification,
    name,
    place: PlaceIdentity.ofPath(account.id, location),
    location,
    memory: account,
    capabilities: {
      checksums: ["sha1"],
      modifiedAtPrecision: 1,
      keepsNanoseconds: false,
      listsInOrder: true,
      isCaseSensitive: true,
      isLocal: false,
      hasDirectories: false,
      keepsVersions,
      keepsMetadata: true,
      maxPutSize: Number.MAX_SAFE_INTEGER,
      ...options.capabilities
    },
    list,
    stat: (path) => Effect.map(find("stat", path), ({ file }) => here(file)),
    statDirectory: (path) =>
      Effect.suspend(() =>
        isDirectory(absolute(path))
          ? Effect.succeed<Directory>({ _tag: "Directory", path })
          : Effect.fail(fail("statDirectory", path, new NotFound({ message: "there is no such directory" })))
      ),
    read: (file, range) =>
      Stream.unwrap(
        Effect.flatMap(findVersion("read", file), ({ bytes }) => {
          const { length, offset } = range ?? { offset: 0, length: bytes.length }
          if (offset >= 0 && length >= 0 && offset + length <= bytes.length) {
            return Effect.succeed(Stream.fromArray(pieces(bytes.subarray(offset, offset + length))))
          }
          const message = `bytes ${offset} to ${offset + length} lie outside a file of ${bytes.length} bytes`
          return Effect.fail(fail("read", file.path, new InvalidRequest({ message })))
        })
      ),
    readAll: (file) => Effect.map(findVersion("readAll", file), ({ bytes }) => bytes.slice()),
    put,
    putIfAbsent: (path, source, putOptions) =>
      Effect.flatMap(
        MemoryAccount.receive(source, source.sha1, (reason) => fail("putIfAbsent", path, reason)),
        (bytes) =>
          account.files.has(absolute(path))
            ? Effect.fail(fail("putIfAbsent", path, new AlreadyExists({ message: "a file is there already" })))
            : Effect.succeed(store(path, bytes, putOptions))
      ),
    putIfSame: (file, source, putOptions) =>
      Effect.flatMap(
        MemoryAccount.receive(source, source.sha1, (reason) => fail("putIfSame", file.path, reason)),
        (bytes) =>
          find("putIfSame", file.path, file).pipe(
            Effect.map(() => store(file.path, bytes, putOptions)),
            Effect.catchReason("StorageError", "NotFound", ({ message }) =>
              Effect.fail(fail("putIfSame", file.path, new SourceChanged({ message })))
            )
          )
      ),
    touch: (file, modifiedAt) =>
      Effect.map(find("touch", file.path, file), (found) =>
        store(file.path, found.bytes, { ...found.file, modifiedAt })
      ),
    setMetadata: (file, metadata, modifiedAt) =>
      Effect.map(find("setMetadata", file.path, file), ({ bytes, file: { contentType } }) =>
        store(file.path, bytes, { contentType, metadata, modifiedAt })
      ),
    remove: (path) =>
      Effect.sync(() => {
        const wasThere = account.files.delete(absolute(path))
        if (wasThere && keepsVersions) MemoryVersions.keep(account, absolute(path), undefined)
      }),
    // As in a bucket: one that has something in it is there already, and only as long as it has.
    makeDirectory: (path) =>
      Effect.sync(() => {
        if (options.capabilities?.hasDirectories === true || isEmpty(absolute(path))) {
          account.directories.add(absolute(path))
        }
      }),
    removeDirectory: (path) =>
      Effect.sync(() => {
        if (isEmpty(absolute(path))) account.directories.delete(absolute(path))
      }),
    copy: (from, fromLocation, to) =>
      Effect.map(findVersion("copy", from, fromLocation), ({ bytes, file }) => store(to, bytes, file)),
    move: keepsVersions
      ? undefined
      : (from, to) =>
          Effect.map(find("move", from.path, from), ({ bytes, file }) => {
            account.files.delete(file.path)
            return store(to, bytes, file)
          }),
    moveDirectory: keepsVersions
      ? undefined
      : (from, to) =>
          Effect.suspend(() => {
            const [source, target] = [absolute(from), absolute(to)]
            const refused = moveRefusal(source, target)
            if (refused !== undefined) return Effect.fail(fail("moveDirectory", from, refused))
            const moved = (path: string) => RemotePath.makeUnsafe(target + path.slice(source.length))
            for (const [path, stored] of account.files) {
              if (!path.startsWith(`${source}/`)) continue
              account.files.delete(path)
              account.files.set(moved(path), { ...stored, file: { ...stored.file, path: moved(path) } })
            }
            for (const path of account.directories) {
              if (!RemotePath.isWithin(path, source)) continue
              account.directories.delete(path)
              account.directories.add(moved(path))
            }
            return Effect.void
          }),
    largeFile: MemoryLargeFile.make({ account, absolute, relative, fail, find, store, limits: options.limits ?? {} }),
    versions: keepsVersions ? MemoryVersions.make({ account, absolute, relative }) : undefined
  }
}
