/**
 * The reference provider: the shortest code that keeps the contract, for tests
 * of everything that is written against it. It keeps files, empty directories
 * and large files in memory, and no old versions.
 */
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { Capabilities } from "../contract/Capabilities.ts"
import { type Entry, type File, orderKey } from "../contract/Entry.ts"
import type { Limits } from "../contract/LargeFile.ts"
import * as PlaceIdentity from "../contract/PlaceIdentity.ts"
import type { Provider, PutOptions } from "../contract/Provider.ts"
import * as RemotePath from "../contract/RemotePath.ts"
import { specification } from "../contract/Specification.ts"
import { InvalidRequest, NotFound, type Reason, StorageError } from "../contract/StorageError.ts"
import * as MemoryAccount from "./MemoryAccount.ts"
import * as MemoryLargeFile from "./MemoryLargeFile.ts"

export interface Options {
  /** Another provider's account, to copy between the two; a new one otherwise. */
  readonly account?: MemoryAccount.MemoryAccount
  readonly location?: string
  readonly name?: string
  readonly capabilities?: Partial<Capabilities>
  readonly limits?: Partial<Limits>
}

const pieceSize = 1024 * 1024

/** The bytes in copies of about 1 MiB, so that a reader who writes into a piece harms nobody. */
const pieces = (bytes: Uint8Array): Array<Uint8Array> => {
  const result: Array<Uint8Array> = []
  for (let start = 0; start < bytes.length; start += pieceSize) result.push(bytes.slice(start, start + pieceSize))
  return result
}

export const make = (options: Options = {}): Provider & { readonly memory: MemoryAccount.MemoryAccount } => {
  const { account = MemoryAccount.make(), location = "", name = "memory" } = options
  const absolute = (path: string, at: string = location) =>
    RemotePath.join(RemotePath.makeUnsafe(at), RemotePath.makeUnsafe(path))
  const relative = (path: string) => RemotePath.makeUnsafe(location === "" ? path : path.slice(location.length + 1))
  const here = (file: File): File => ({ ...file, path: relative(file.path) })
  const fail = (operation: string, path: string, reason: Reason) =>
    new StorageError({ provider: name, operation, path, reason })

  const store = (path: string, bytes: Uint8Array, { contentType, modifiedAt }: PutOptions): File => {
    const file: File = {
      _tag: "File",
      path: absolute(path),
      size: bytes.length,
      modifiedAt,
      checksums: { sha1: MemoryAccount.sha1(bytes) },
      versionId: `version-${account.nextId++}`,
      ...(contentType === undefined ? {} : { contentType })
    }
    account.files.set(file.path, { file, bytes })
    return here(file)
  }

  const find = (operation: string, path: string, versionId?: string, at = location) =>
    Effect.suspend(() => {
      const found = account.files.get(absolute(path, at))
      if (found !== undefined && (versionId === undefined || versionId === found.file.versionId)) {
        return Effect.succeed(found)
      }
      return Effect.fail(fail(operation, path, new NotFound({ message: "there is no such file" })))
    })

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
        if (isInside(file.path) && !isFolded(file.path)) entries.set(file.path, here(file))
      }
      for (const path of account.directories) {
        if (isInside(path) && !isFolded(path) && (listOptions?.depth === 1 || isEmpty(path))) addDirectory(path)
      }
      const sorted = [...entries.values()].sort((a, b) => RemotePath.compare(orderKey(a), orderKey(b)))
      return Stream.fromArray(sorted)
    })

  const isEmpty = (directory: string) => {
    const isBelow = (path: string) => path.startsWith(`${directory}/`)
    return ![...account.files.keys()].some(isBelow) && ![...account.directories].some(isBelow)
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
      listsInOrder: true,
      isCaseSensitive: true,
      isLocal: false,
      hasDirectories: false,
      keepsVersions: false,
      maxPutSize: Number.MAX_SAFE_INTEGER,
      ...options.capabilities
    },
    list,
    stat: (path) => Effect.map(find("stat", path), ({ file }) => here(file)),
    read: (file, range) =>
      Stream.unwrap(
        Effect.flatMap(find("read", file.path, file.versionId), ({ bytes }) => {
          const { length, offset } = range ?? { offset: 0, length: bytes.length }
          if (offset >= 0 && length >= 0 && offset + length <= bytes.length) {
            return Effect.succeed(Stream.fromArray(pieces(bytes.subarray(offset, offset + length))))
          }
          const message = `bytes ${offset} to ${offset + length} lie outside a file of ${bytes.length} bytes`
          return Effect.fail(fail("read", file.path, new InvalidRequest({ message })))
        })
      ),
    readAll: (file) => Effect.map(find("readAll", file.path, file.versionId), ({ bytes }) => bytes.slice()),
    put: (path, source, putOptions) =>
      Effect.map(
        MemoryAccount.receive(source, source.sha1, (reason) => fail("put", path, reason)),
        (bytes) => store(path, bytes, putOptions)
      ),
    touch: (file, modifiedAt) =>
      Effect.map(find("touch", file.path, file.versionId), (found) =>
        store(file.path, found.bytes, { ...found.file, modifiedAt })
      ),
    remove: (path) => Effect.sync(() => void account.files.delete(absolute(path))),
    makeDirectory: (path) => Effect.sync(() => void account.directories.add(absolute(path))),
    removeDirectory: (path) =>
      Effect.sync(() => {
        if (isEmpty(absolute(path))) account.directories.delete(absolute(path))
      }),
    copy: (from, fromLocation, to) =>
      Effect.map(find("copy", from.path, from.versionId, fromLocation), ({ bytes, file }) => store(to, bytes, file)),
    largeFile: MemoryLargeFile.make({ account, absolute, relative, fail, find, store, limits: options.limits ?? {} })
  }
}
