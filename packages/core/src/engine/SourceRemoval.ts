/** The second half of a move: taking away at the source what is safely at the destination. */
import * as Effect from "effect/Effect"
import type { File } from "../contract/Entry.ts"
import { SourceChanged, StorageError } from "../contract/StorageError.ts"
import { retrying } from "../layers/Retry.ts"
import * as LastLook from "./LastLook.ts"
import type { TransferRun } from "./TransferRun.ts"

/** What a listing may leave out says nothing. */
const agrees = <A>(left: A | undefined, right: A | undefined): boolean =>
  left === right || left === undefined || right === undefined

const isSame = (left: File, right: File): boolean =>
  left.size === right.size &&
  agrees(left.modifiedAt, right.modifiedAt) &&
  agrees(left.versionId, right.versionId) &&
  agrees(left.identity, right.identity)

/**
 * Removes at the source what was read, and nothing that has taken its place since. `wasThere` says that the destination had
 * something of that name before this run, which might be the file itself. Gives whether it did; a file that is gone is nobody's move.
 */
export const dropSource = (run: TransferRun, file: File, wasThere: boolean): Effect.Effect<boolean, StorageError> => {
  const { destination, options, source, summary } = run
  if (!options.removesSource) return Effect.succeed(false)
  const { path } = file
  const now = Effect.catchReason(retrying(source.stat(path)), "StorageError", "NotFound", () =>
    Effect.succeed(undefined)
  )
  return Effect.flatMap(now, (found) => {
    if (found === undefined) return Effect.succeed(false)
    if (!isSame(found, file)) {
      const message = "it was changed meanwhile, so it stays at the source: run again once nothing writes to it"
      const reason = new SourceChanged({ message })
      return Effect.fail(new StorageError({ provider: source.name, operation: "remove", path, reason }))
    }
    const looking = LastLook.beforeSource(source, destination, path)
    const sure = wasThere
      ? Effect.andThen(looking, run.apart.beforeSource(path, options.storedAtSource?.(file).path ?? path))
      : looking
    return Effect.map(Effect.andThen(sure, retrying(source.remove(path))), () => {
      summary.moved++
      return true
    })
  })
}
