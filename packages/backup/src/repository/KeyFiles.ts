/**
 * The passwords of a repository: each has a file in `keys/`, all with the same
 * master keys. Removing one locks out its password, not somebody who has kept
 * the master keys.
 */

import { timingSafeEqual } from "node:crypto"
import type { StorageError } from "@ourclone/core/contract/StorageError"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import * as KeyFile from "../format/KeyFile.ts"
import { pathOf } from "../format/RepositoryFile.ts"
import type { Repository } from "./Repository.ts"
import { Damaged, Missing, type Reason, Refused, RepositoryError } from "./RepositoryError.ts"
import { remedy } from "./RepositoryRemedies.ts"

type E = StorageError | RepositoryError

/** A line of `key list`, in the names that restic prints. */
export interface ListedKey {
  readonly current: boolean
  readonly id: string
  readonly userName: string
  readonly hostName: string
  /** RFC 3339; "" where the file does not say. */
  readonly created: string
}

const fail = (repository: Repository, reason: Reason) =>
  Effect.fail(new RepositoryError({ repository: repository.name, reason }))

const read = (repository: Repository, id: string): Effect.Effect<KeyFile.KeyFile, E> =>
  Effect.flatMap(repository.readRaw("keys", id), (bytes) => {
    const file = KeyFile.decode(bytes)
    if (typeof file !== "string") return Effect.succeed(file)
    const path = pathOf("keys", id)
    return fail(repository, new Damaged({ message: `the key "${path}" can not be used: ${file}`, file: path }))
  })

/** Oldest first. Keys that can not be read are listed with empty names, so that they can be removed. */
export const list = (repository: Repository): Effect.Effect<ReadonlyArray<ListedKey>, E> =>
  Effect.gen(function* () {
    const files = yield* Stream.runCollect(repository.list("keys"))
    const keys = yield* Effect.forEach(files, ({ id }) =>
      Effect.map(
        Effect.catchReasons(read(repository, id), "RepositoryError", {
          Damaged: () => Effect.succeed({ created: "", username: "", hostname: "" })
        }),
        ({ created, hostname, username }): ListedKey => ({
          current: id === repository.keyId,
          id,
          userName: username,
          hostName: hostname,
          created
        })
      )
    )
    return keys.sort((a, b) => (Date.parse(a.created) || 0) - (Date.parse(b.created) || 0))
  })

/** Lets another password open the repository too. Gives the id of its key, which has been tried. */
export const add = Effect.fnUntraced(function* (
  repository: Repository,
  password: Redacted.Redacted<string>,
  options: KeyFile.CreateOptions = {}
): Effect.fn.Return<string, E> {
  const master = Redacted.value(repository.keys)
  const id = yield* repository.save("keys", yield* KeyFile.create(password, master, options))
  const opened = yield* KeyFile.open(yield* read(repository, id), password)
  if (typeof opened !== "string" && timingSafeEqual(opened.encrypt, master.encrypt)) return id
  const file = pathOf("keys", id)
  return yield* fail(repository, new Damaged({ message: `the new key "${file}" does not open: try again`, file }))
})

/** Fails with `Refused` for the key in use and the last one, and with `Missing` when there is none of that id. */
export const remove = Effect.fnUntraced(function* (repository: Repository, id: string): Effect.fn.Return<void, E> {
  const files = yield* Stream.runCollect(repository.list("keys"))
  if (id === repository.keyId) {
    const message = "that key is in use: open the repository with another password to remove it"
    return yield* fail(repository, new Refused({ message }))
  }
  if (!files.some((file) => file.id === id)) {
    const message = `there is no key ${id}`
    return yield* fail(repository, new Missing({ message, file: pathOf("keys", id), remedy: remedy("listKeys") }))
  }
  if (files.length === 1) {
    const message = "that is the last key: without one nothing in the repository can ever be read"
    return yield* fail(repository, new Refused({ message }))
  }
  yield* repository.remove("keys", id)
})

/**
 * Replaces the key in use by one of another password and gives its id. The old
 * one goes last, once the new one has been tried; cut off, both open.
 */
export const changePassword = Effect.fnUntraced(function* (
  repository: Repository,
  password: Redacted.Redacted<string>,
  options: KeyFile.CreateOptions = {}
): Effect.fn.Return<string, E> {
  const id = yield* add(repository, password, options)
  yield* repository.remove("keys", repository.keyId)
  return id
})
