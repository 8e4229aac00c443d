/**
 * Makes a repository of version 1 one of version 2, which compresses: the one migration that restic has.
 *
 * Only `config` is written anew; what is stored already stays as it is, and a prune can compress it. The caller holds the
 * exclusive lock.
 */
import type { StorageError } from "@ourclone/core/contract/StorageError"
import { silent, type Tell } from "@ourclone/core/events/Tell"
import * as Effect from "effect/Effect"
import * as Config from "../format/Config.ts"
import { configPath } from "../format/RepositoryFile.ts"
import { ensureHeld } from "../repository/LockCheck.ts"
import type { Repository } from "../repository/Repository.ts"
import { Damaged, Refused, RepositoryError } from "../repository/RepositoryError.ts"
import { remedy } from "../repository/RepositoryRemedies.ts"
import * as StoredFiles from "../repository/StoredFiles.ts"
import * as Checker from "./Checker.ts"

type E = StorageError | RepositoryError

export interface Upgrade {
  readonly from: number
  readonly to: number
}

/** What `upgrade` would do: nothing where `from` is `to`. */
export const preview = ({ config: { version } }: Repository): Upgrade => ({ from: version, to: 2 })

/** Looks whether the repository is whole first. Fails with `Refused` where it is not, and with `Damaged` where `config` did not arrive; the old one is there again then. */
export const upgrade = Effect.fnUntraced(function* (
  repository: Repository,
  tell: Tell = silent
): Effect.fn.Return<Upgrade, E> {
  const { box, config, name } = repository
  const found = preview(repository)
  if (found.from === found.to) return found
  const { errors } = yield* Checker.check(repository, {}, tell)
  if (errors > 0) {
    const message = "it is damaged, and was not changed: mend it first"
    return yield* new RepositoryError({ repository: name, reason: new Refused({ message, remedy: remedy("check") }) })
  }
  const files = StoredFiles.make(repository.provider)
  const before = yield* files.readPath(configPath)
  const next = Config.encode({ ...config, version: 2 })
  yield* ensureHeld
  yield* files.writePath(configPath, box.seal(next))
  if (box.open(yield* files.readPath(configPath))?.equals(next) === true) return found
  yield* files.writePath(configPath, before)
  const message = "what was written as config came back as something else; the one before is there again"
  return yield* new RepositoryError({ repository: name, reason: new Damaged({ message, file: configPath }) })
})
