/** The small files of a repository, read from where they are stored and not from a cache: is each what was written? */
import type { StorageError } from "@ourclone/core/contract/StorageError"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import * as Config from "../format/Config.ts"
import type { FileType } from "../format/RepositoryFile.ts"
import * as RepositoryFile from "../format/RepositoryFile.ts"
import * as UnpackedFile from "../format/UnpackedFile.ts"
import type { Repository } from "../repository/Repository.ts"
import { Damaged, RepositoryError } from "../repository/RepositoryError.ts"
import * as StoredFiles from "../repository/StoredFiles.ts"

type E = StorageError | RepositoryError

export type OnDamaged = (file: string, message: string) => void

/** The same repository, reading everything anew; what the storage itself says is damaged fails as such. */
export const withoutCache = (repository: Repository): Repository => {
  const damaged = (file: string, why: string): RepositoryError => {
    const reason = new Damaged({ message: `"${file}" is damaged: ${why}`, file })
    return new RepositoryError({ repository: repository.name, reason })
  }
  const readRaw: Repository["readRaw"] = (type, id, range, room) =>
    Effect.catchReason(repository.readRaw(type, id, range, room), "StorageError", "ChecksumMismatch", () =>
      Effect.fail(damaged(RepositoryFile.pathOf(type, id), "the storage gives bytes that do not match its checksum"))
    )
  return {
    ...repository,
    cache: undefined,
    readRaw,
    load: (type, id) =>
      Effect.flatMap(readRaw(type, id), (stored) => {
        const opened = repository.box.open(stored)
        const json = opened && UnpackedFile.decode(opened, repository.config.version)
        if (json !== undefined) return Effect.succeed(json)
        const why =
          opened === undefined ? "it was not sealed with the keys of this repository" : "what is in it is no JSON"
        return Effect.fail(damaged(RepositoryFile.pathOf(type, id), why))
      })
  }
}

const checkConfig = (repository: Repository, onDamaged: OnDamaged): Effect.Effect<void, E> => {
  const { box, config, provider } = repository
  const checked = Effect.map(StoredFiles.make(provider).readPath(RepositoryFile.configPath), (stored) => {
    const opened = box.open(stored)
    if (opened === undefined) return onDamaged("config", '"config" is damaged: its seal is broken')
    const found = Config.decode(opened)
    if (typeof found === "string") return onDamaged("config", `"config" is damaged: ${found}`)
    const isSame = found.id === config.id && found.polynomial === config.polynomial && found.version === config.version
    if (!isSame) onDamaged("config", '"config" is not the one that this repository was opened with')
  })
  return Effect.catchReasons(checked, "StorageError", {
    NotFound: () => Effect.sync(() => onDamaged("config", '"config" is missing')),
    ChecksumMismatch: (reason) => Effect.sync(() => onDamaged("config", `"config" is damaged: ${reason.message}`))
  })
}

/** Locks come and go, so one that is gone is no problem. */
const checkAll = Effect.fnUntraced(function* (
  repository: Repository,
  type: FileType,
  onDamaged: OnDamaged
): Effect.fn.Return<void, E> {
  const files = yield* Stream.runCollect(repository.list(type))
  const checkOne = ({ id }: RepositoryFile.RepositoryFile) => {
    const read: Effect.Effect<unknown, E> =
      type === "locks" ? repository.load("locks", id) : repository.readRaw(type, id)
    return Effect.catchReasons(Effect.asVoid(read), "RepositoryError", {
      Damaged: (reason) => Effect.sync(() => onDamaged(reason.file, reason.message)),
      Missing: () => Effect.void
    })
  }
  // An empty lock is none.
  const full = files.filter(({ size }) => type !== "locks" || size > 0)
  yield* Effect.forEach(full, checkOne, { concurrency: 8, discard: true })
})

/** Config, keys and locks; snapshots and indexes are read by those who need what is in them. */
export const checkFiles = Effect.fnUntraced(function* (
  repository: Repository,
  onDamaged: OnDamaged
): Effect.fn.Return<void, E> {
  yield* checkConfig(repository, onDamaged)
  yield* checkAll(repository, "keys", onDamaged)
  yield* checkAll(repository, "locks", onDamaged)
})
