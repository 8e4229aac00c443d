/**
 * Whether the lock that something runs under is still there.
 *
 * Somebody may take a lock away by force, and whoever held it learns that only
 * when it is refreshed, minutes later. So it is looked at before what others
 * could not survive: a snapshot of packs that a prune may have removed meanwhile,
 * and a removal of packs that a backup may have begun to use.
 */
import type { StorageError } from "@ourclone/core/contract/StorageError"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type { RepositoryError } from "./RepositoryError.ts"

type Check = Effect.Effect<void, StorageError | RepositoryError>

/** `RepositoryLock.withLock` gives what runs in it a check of its own. */
export const LockCheck = Context.Reference<Check>("@ourclone/backup/LockCheck", { defaultValue: () => Effect.void })

/** Fails with `LockLost` when the lock was taken away. Succeeds where nothing is locked. */
export const ensureHeld: Check = Effect.gen(function* () {
  yield* yield* LockCheck
})
