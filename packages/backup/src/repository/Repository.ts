/**
 * An open repository: its files, opened and sealed.
 *
 * Writing is in this order, each step durable before the next: packs, the index
 * that names them, the snapshot that needs them. Reading is the other way round:
 * snapshots are listed before indexes are loaded. Nothing is ever changed in place.
 */
import { randomBytes } from "node:crypto"
import type { ByteRange } from "@ourclone/core/contract/ByteSource"
import type { Provider } from "@ourclone/core/contract/Provider"
import type { StorageError } from "@ourclone/core/contract/StorageError"
import type { OnRetry } from "@ourclone/core/layers/Retry"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import * as Config from "../format/Config.ts"
import { type Box, type Keys, makeBox, release } from "../format/Crypto.ts"
import * as KeyFile from "../format/KeyFile.ts"
import * as Polynomial from "../format/Polynomial.ts"
import type { FileType } from "../format/RepositoryFile.ts"
import * as RepositoryFile from "../format/RepositoryFile.ts"
import type { ScryptParameters } from "../format/RepositoryKey.ts"
import * as RepositoryKey from "../format/RepositoryKey.ts"
import * as UnpackedFile from "../format/UnpackedFile.ts"
import * as KeySearch from "./KeySearch.ts"
import * as LocalCache from "./LocalCache.ts"
import {
  Damaged,
  NoRepository,
  type RepositoryError,
  RepositoryExists,
  UnsupportedRepository
} from "./RepositoryError.ts"
import { remedy } from "./RepositoryRemedies.ts"
import * as StoredFiles from "./StoredFiles.ts"

type E = StorageError | RepositoryError

export interface Repository {
  /** `Provider.name`, for messages. */
  readonly name: string
  readonly provider: Provider
  readonly config: Config.Config
  /** The master keys. */
  readonly keys: Redacted.Redacted<Keys>
  /** The key file that the password opened. */
  readonly keyId: string
  /** Of this thread. */
  readonly box: Box
  /** `undefined` for a repository on a disk of this machine, and where none is wanted. */
  readonly cache: LocalCache.LocalCache | undefined
  /** Whether what is sealed is opened again before it is stored, which finds faulty memory. */
  readonly opensAgain: boolean

  /** In no certain order. Whatever else lies there is left out; an unreadable directory fails it, for what is missing from a listing may be deleted for good. */
  readonly list: (type: FileType) => Stream.Stream<RepositoryFile.RepositoryFile, E>

  /**
   * Stored bytes. A whole file is checked against its id (`Damaged`); a range is
   * not, and fails with `Damaged` when the file ends before it. Fails with
   * `Missing` where there is no file. The bytes are in `room` if it is given and large enough.
   */
  readonly readRaw: (type: FileType, id: string, range?: ByteRange, room?: Uint8Array) => Effect.Effect<Uint8Array, E>

  /** The JSON of a file. Fails with `Missing`, and with `Damaged` when its bytes are not those that were written. */
  readonly load: (type: "index" | "locks" | "snapshots", id: string) => Effect.Effect<Buffer, E>

  /** Stores JSON (keys as they are, all else sealed) durably and gives the id. Done twice it makes two files, as boxes are random. */
  readonly save: (type: "index" | "locks" | "snapshots" | "keys", json: Uint8Array) => Effect.Effect<string, E>

  /** Stores a pack durably; `id` is the SHA-256 of `bytes`. Harmless when done twice. */
  readonly savePack: (id: string, bytes: Uint8Array) => Effect.Effect<void, E>

  /** With every version of it, where the provider keeps versions and the key may delete them; succeeds when it is gone. */
  readonly remove: (type: FileType, id: string) => Effect.Effect<void, E>
}

interface Parts {
  readonly provider: Provider
  readonly files: StoredFiles.StoredFiles
  readonly config: Config.Config
  readonly keys: Keys
  readonly keyId: string
  readonly cacheDirectory: string | undefined
  readonly opensAgain?: boolean | undefined
}

const cachedTypes: ReadonlyArray<FileType> = [
  "index",
  "snapshots",
  "data"
] satisfies ReadonlyArray<LocalCache.CachedType>
const isCached = (type: FileType): type is LocalCache.CachedType => cachedTypes.includes(type)

/** Puts an opened repository together; `open` and `init` are for everybody else. */
export const make = ({
  cacheDirectory,
  config,
  files,
  keyId,
  keys,
  opensAgain = true,
  provider
}: Parts): Repository => {
  const box = makeBox(keys)
  const cache =
    cacheDirectory === undefined || provider.capabilities.isLocal
      ? undefined
      : LocalCache.make(cacheDirectory, config.id)

  const damaged = (type: FileType, id: string, why: string) => {
    const file = RepositoryFile.pathOf(type, id)
    return files.fail(new Damaged({ message: `"${file}" is damaged: ${why}`, file, remedy: remedy("check") }))
  }

  const list: Repository["list"] = (type) => {
    if (cache === undefined || !isCached(type)) return files.list(type)
    return Stream.unwrap(
      Effect.gen(function* () {
        const found = yield* Stream.runCollect(files.list(type))
        yield* cache.clean(type, new Set(found.map(({ id }) => id)))
        return Stream.fromIterable(found)
      })
    )
  }

  const readCached = Effect.fnUntraced(function* (type: FileType, id: string): Effect.fn.Return<Uint8Array, E> {
    if (cache === undefined || !isCached(type)) return yield* files.read(type, id)
    const kept = yield* cache.get(type, id)
    if (kept !== undefined) return kept
    const read = yield* files.read(type, id)
    yield* cache.set(type, id, read)
    return read
  })

  const load: Repository["load"] = (type, id) =>
    Effect.flatMap(readCached(type, id), (stored) => {
      const encoded = box.open(stored)
      if (encoded === undefined)
        return Effect.fail(damaged(type, id, "it was not sealed with the keys of this repository"))
      const json = UnpackedFile.decode(encoded, config.version)
      return json === undefined ? Effect.fail(damaged(type, id, "what is in it is no JSON")) : Effect.succeed(json)
    })

  /** Opens again what was just sealed: memory that fails must not go unnoticed until a restore. */
  const seal = (json: Uint8Array): Buffer => {
    const sealed = box.seal(UnpackedFile.encode(json, config.version))
    const opened = box.open(sealed)
    const again = opened && UnpackedFile.decode(opened, config.version)
    if (opened === undefined || again?.equals(json) !== true) {
      throw new Error("a file that was just sealed does not open: the memory of this machine may be faulty")
    }
    release(opened)
    if (again !== opened) release(again)
    return sealed
  }

  return {
    name: provider.name,
    provider,
    config,
    keys: Redacted.make(keys),
    keyId,
    box,
    cache,
    opensAgain,
    list,
    load,
    readRaw: files.read,
    save: Effect.fnUntraced(function* (type, json) {
      const stored = type === "keys" ? json : seal(json)
      const id = yield* files.write(type, stored)
      if (cache !== undefined && isCached(type)) yield* cache.set(type, id, stored)
      return id
    }),
    savePack: (id, bytes) => files.writePath(RepositoryFile.pathOf("data", id), bytes),
    remove: files.remove
  }
}

export interface OpenOptions {
  readonly password: Redacted.Redacted<string>
  /** The id of the key to try first. */
  readonly keyHint?: string | undefined
  /** Where files of repositories that are not on this machine are kept; none are when absent. */
  readonly cacheDirectory?: string | undefined
  /** Told each time that a call to the storage has failed and is made again. */
  readonly onRetry?: OnRetry | undefined
  /** Whether what is sealed is opened again before it is stored; it is when absent. */
  readonly opensAgain?: boolean | undefined
}

/** What is listed; nothing where not even the bucket is there. */
const listed = (files: StoredFiles.StoredFiles, type: FileType) =>
  Effect.catchReason(Stream.runCollect(files.list(type)), "StorageError", "NotFound", () => Effect.succeed([]))

const explainAbsence = (files: StoredFiles.StoredFiles): Effect.Effect<never, E> =>
  Effect.flatMap(listed(files, "keys"), (keys) => {
    const reason =
      keys.length === 0
        ? { message: "there is no repository here", remedy: remedy("makeRepository") }
        : { message: 'there are keys but no "config" here', remedy: remedy("finishMaking") }
    return Effect.fail(files.fail(new NoRepository(reason)))
  })

/** Fails with `NoRepository`, `WrongPassword`, `UnsupportedRepository` or `Damaged`; with a `StorageError` after half a minute when nobody answers. */
export const open = Effect.fnUntraced(function* (
  provider: Provider,
  options: OpenOptions
): Effect.fn.Return<Repository, E> {
  const files = StoredFiles.make(provider, options.onRetry)
  if (!(yield* files.exists(RepositoryFile.configPath))) return yield* explainAbsence(files)
  const sealed = yield* files.readPath(RepositoryFile.configPath)
  const { id: keyId, keys } = yield* KeySearch.search(files, {
    password: options.password,
    hint: options.keyHint,
    accepts: (master) => makeBox(master).open(sealed) !== undefined
  })
  const config = Config.decode(makeBox(keys).open(sealed) ?? Buffer.alloc(0))
  if (typeof config === "string") {
    return yield* files.fail(new UnsupportedRepository({ message: `"config" can not be used: ${config}` }))
  }
  const { cacheDirectory, opensAgain } = options
  return make({ provider, files, config, keys, keyId, cacheDirectory, opensAgain })
})

export interface InitOptions {
  /** Of another repository, to cut files as it does; a random one when absent. */
  readonly polynomial?: bigint | undefined
  /** 2 when absent. */
  readonly version?: 1 | 2 | undefined
  /** What opening costs; calibrated for this machine when absent. */
  readonly scrypt?: ScryptParameters | undefined
  readonly cacheDirectory?: string | undefined
}

/** Fails with `RepositoryExists` when a repository, or files of one, are there. */
const refuseExisting = Effect.fnUntraced(function* (files: StoredFiles.StoredFiles): Effect.fn.Return<void, E> {
  if (yield* files.exists(RepositoryFile.configPath)) {
    return yield* files.fail(
      new RepositoryExists({ message: "there is a repository here already: use it, or choose another folder" })
    )
  }
  for (const type of ["snapshots", "index", "data"] as const) {
    if ((yield* listed(files, type)).length === 0) continue
    const message = `there is no "config" but there are files in "${type}" here: a repository has lost its "config"; put it back, or choose another folder`
    return yield* files.fail(new RepositoryExists({ message }))
  }
})

/** The key of an `init` that was cut off before it wrote `config`, or a new one. */
const firstKey = Effect.fnUntraced(function* (
  files: StoredFiles.StoredFiles,
  password: Redacted.Redacted<string>,
  scrypt: ScryptParameters | undefined
): Effect.fn.Return<KeySearch.FoundKey, E> {
  const left = yield* listed(files, "keys")
  if (left.length === 0) {
    const keys = RepositoryKey.generate()
    return { id: yield* files.write("keys", yield* KeyFile.create(password, keys, { scrypt })), keys }
  }
  return yield* Effect.catchReason(
    KeySearch.search(files, { password, accepts: () => true }),
    "RepositoryError",
    "WrongPassword",
    () => {
      const message = `the making of a repository was cut off here, and its key has another password: give that one, or delete "${RepositoryFile.pathOf("keys", left[0]!.id)}"`
      return Effect.fail(files.fail(new RepositoryExists({ message })))
    }
  )
})

/**
 * Makes a repository and opens it. Fails with `RepositoryExists` where one is.
 *
 * The key is written first and `config` last, so that there is a repository only
 * once it can be opened; `init` with the same password goes on where another was
 * cut off.
 */
export const init = Effect.fnUntraced(function* (
  provider: Provider,
  password: Redacted.Redacted<string>,
  options: InitOptions = {}
): Effect.fn.Return<Repository, E> {
  const files = StoredFiles.make(provider)
  yield* refuseExisting(files)
  const { id: keyId, keys } = yield* firstKey(files, password, options.scrypt)
  const config: Config.Config = {
    version: options.version ?? 2,
    id: randomBytes(32).toString("hex"),
    polynomial: options.polynomial ?? Polynomial.random()
  }
  const box = makeBox(keys)
  yield* files.writePath(RepositoryFile.configPath, box.seal(Config.encode(config)))
  const written = box.open(yield* files.readPath(RepositoryFile.configPath))
  if (written?.equals(Config.encode(config)) !== true) {
    const message = `somebody else was making a repository here at the same time: use what it made, and delete "${RepositoryFile.pathOf("keys", keyId)}" if this password does not open it`
    return yield* files.fail(new RepositoryExists({ message }))
  }
  return make({ provider, files, config, keys, keyId, cacheDirectory: options.cacheDirectory })
})
