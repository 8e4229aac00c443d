/** What a repository is made of, one piece at a time, as restic's `cat` prints it. */
import type { StorageError } from "@ourclone/core/contract/StorageError"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import * as BlobType from "../format/BlobType.ts"
import * as RepositoryFile from "../format/RepositoryFile.ts"
import * as Hex from "../go/Hex.ts"
import type { BlobReader } from "../repository/BlobReader.ts"
import type { Repository } from "../repository/Repository.ts"
import { Damaged, Missing, RepositoryError } from "../repository/RepositoryError.ts"
import * as Snapshots from "../repository/Snapshots.ts"
import * as StoredFiles from "../repository/StoredFiles.ts"
import * as JsonText from "./JsonText.ts"

type E = StorageError | RepositoryError

const folders = { key: "keys", index: "index", lock: "locks", pack: "data" } as const

const fail = (repository: Repository, reason: Damaged | Missing) =>
  Effect.fail(new RepositoryError({ repository: repository.name, reason }))

const lines = (json: Uint8Array): Uint8Array =>
  Buffer.from(`${JsonText.indented(Buffer.from(json).toString("utf8"))}\n`)

/** The file whose id begins so. */
const findId = Effect.fnUntraced(function* (
  repository: Repository,
  kind: keyof typeof folders,
  prefix: string
): Effect.fn.Return<string, E> {
  const all = yield* Stream.runCollect(repository.list(folders[kind]))
  const ids = all.filter(({ id }) => id.startsWith(prefix))
  const [only] = ids
  if (only !== undefined && ids.length === 1) return only.id
  const message =
    only === undefined
      ? `there is no ${kind} with the id "${prefix}"`
      : `the ids of ${ids.length} of its files begin with "${prefix}"; give more digits`
  return yield* fail(repository, new Missing({ message, file: `${folders[kind]}/${prefix}` }))
})

/** `config`, opened. */
export const config = Effect.fnUntraced(function* (repository: Repository): Effect.fn.Return<Uint8Array, E> {
  const sealed = yield* StoredFiles.make(repository.provider).readPath(RepositoryFile.configPath)
  const json = repository.box.open(sealed)
  if (json !== undefined) return lines(json)
  const message = '"config" is damaged: it was not sealed with the keys of this repository'
  return yield* fail(repository, new Damaged({ message, file: RepositoryFile.configPath }))
})

/** The keys that everything is sealed with. Whoever reads them opens the repository without a password, for ever. */
export const masterKey = ({ keys }: Repository): Uint8Array => {
  const { encrypt, macK, macR } = Redacted.value(keys)
  const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64")
  const stored = { mac: { k: base64(macK), r: base64(macR) }, encrypt: base64(encrypt) }
  return lines(Buffer.from(JSON.stringify(stored)))
}

/** A file of the repository by its id, or how that begins: a pack as it is stored, all else as JSON. */
export const file = Effect.fnUntraced(function* (
  repository: Repository,
  kind: keyof typeof folders,
  prefix: string
): Effect.fn.Return<Uint8Array, E> {
  const id = yield* findId(repository, kind, prefix)
  switch (kind) {
    case "pack":
      return yield* repository.readRaw("data", id)
    case "key":
      return lines(yield* repository.readRaw("keys", id))
    case "lock":
      return lines(yield* repository.load("locks", id))
    case "index":
      return Buffer.concat([yield* repository.load("index", id), Buffer.from("\n")])
  }
})

/** `latest`, or how its id begins. */
export const snapshot = Effect.fnUntraced(function* (
  repository: Repository,
  name: string
): Effect.fn.Return<Uint8Array, E> {
  return lines(yield* repository.load("snapshots", yield* Snapshots.findId(repository, name)))
})

/** A piece of a file or a folder, by its whole id. */
export const blob = Effect.fnUntraced(function* (
  repository: Repository,
  reader: BlobReader,
  id: string
): Effect.fn.Return<Uint8Array, E> {
  const isKnown = (type: BlobType.BlobTypeNumber): boolean => reader.index.findHex(type, id) >= 0
  if (Hex.isId(id)) {
    if (isKnown(BlobType.data)) return yield* reader.blob("data", id)
    if (isKnown(BlobType.tree)) return yield* reader.blob("tree", id)
  }
  const why = Hex.isId(id) ? "is in no index" : "is no id of 64 digits"
  return yield* fail(repository, new Missing({ message: `the blob "${id}" ${why}`, file: id }))
})
