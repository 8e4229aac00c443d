/** `info`: what a repository is, without reading what is in it, in one row. */
import * as LockFile from "@ourclone/backup/format/LockFile"
import * as Locks from "@ourclone/backup/repository/Locks"
import type { Repository } from "@ourclone/backup/repository/Repository"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import type { QueryKind } from "../kind/JobKind.ts"
import { access } from "./Fields.ts"
import * as OpenedRepository from "./OpenedRepository.ts"

export const Request = Schema.Struct(access)
export type Request = typeof Request.Type

const Files = Schema.Struct({ files: Schema.Int, bytes: Schema.Int })

export const Row = Schema.Struct({
  id: Schema.String,
  place: Schema.String,
  version: Schema.Int,
  /** In hexadecimal. */
  chunkerPolynomial: Schema.String,
  /** The key that the password opened. */
  key: Schema.String,
  snapshots: Files,
  index: Files,
  data: Files,
  keys: Files,
  locks: Schema.Array(Schema.Struct({ id: Schema.String, holder: Schema.String, stale: Schema.Boolean }))
})
export type Row = typeof Row.Type

const countFiles = (repository: Repository, type: "snapshots" | "index" | "data" | "keys") =>
  Stream.runFold(
    repository.list(type),
    () => ({ files: 0, bytes: 0 }),
    (sum, { size }) => ({ files: sum.files + 1, bytes: sum.bytes + size })
  )

const look = Effect.fnUntraced(function* (repository: Repository) {
  const now = yield* Clock.currentTimeMillis
  const { id, polynomial, version } = repository.config
  const row: Row = {
    id,
    place: repository.name,
    version,
    chunkerPolynomial: polynomial.toString(16),
    key: repository.keyId,
    snapshots: yield* countFiles(repository, "snapshots"),
    index: yield* countFiles(repository, "index"),
    data: yield* countFiles(repository, "data"),
    keys: yield* countFiles(repository, "keys"),
    locks: (yield* Locks.list(repository)).map(({ id: lock, isStale, lock: holder }) => ({
      id: lock,
      holder: holder === undefined ? "unreadable" : LockFile.describe(holder, now),
      stale: isStale
    }))
  }
  return row
})

export const kind: QueryKind<"info", Request, Row> = {
  type: "info",
  request: Request,
  row: Row,
  needs: OpenedRepository.needs,
  run: (request, beside) =>
    Stream.unwrap(Effect.map(OpenedRepository.open(request, beside), (opened) => Stream.fromEffect(look(opened))))
}
