/** Locks as others leave them, and what is left in `locks/`. */
import { spawnSync } from "node:child_process"
import type { StorageError } from "@ourclone/core/contract/StorageError"
import * as MemoryProvider from "@ourclone/core/testing/MemoryProvider"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import * as LockFile from "../../src/format/LockFile.ts"
import type { Repository } from "../../src/repository/Repository.ts"
import type { RepositoryError } from "../../src/repository/RepositoryError.ts"

/** A lock as restic writes it, on another machine if not told otherwise. */
export const leave = (repository: Repository, lock: Partial<LockFile.LockFile> = {}, ageMillis = 0) =>
  Effect.gen(function* () {
    const time = new Date((yield* Clock.currentTimeMillis) - ageMillis).toISOString()
    const foreign = { time, exclusive: false, hostname: "elsewhere", username: "somebody", pid: 4711 }
    return yield* repository.save("locks", LockFile.encode({ ...foreign, ...lock }))
  })

/** What a process of this machine that was killed has left. */
export const deadHere = (exclusive = true): Partial<LockFile.LockFile> => ({
  ...LockFile.make(exclusive, 0),
  pid: spawnSync("true").pid
})

export const idsOf = (repository: Repository): Effect.Effect<ReadonlyArray<string>, StorageError | RepositoryError> =>
  Effect.map(Stream.runCollect(repository.list("locks")), (files) => files.map(({ id }) => id))

/** A memory provider whose `put` can be made to behave otherwise. */
export const makeProvider = () => {
  const memory = MemoryProvider.make()
  const behaviour = { put: memory.put }
  return {
    provider: { ...memory, put: ((...given) => behaviour.put(...given)) as typeof memory.put },
    behaviour,
    memory
  }
}
