/** Files that a third folder has already: they need not come from the source. */
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { DatedFile, File } from "../contract/Entry.ts"
import type { Provider } from "../contract/Provider.ts"
import type { StorageError } from "../contract/StorageError.ts"
import { retrying } from "../layers/Retry.ts"
import * as Checksum from "./Checksum.ts"
import { type Comparison, decide, precision } from "./Compare.ts"
import type { Action, Plan, Put } from "./Plan.ts"

export interface Elsewhere {
  readonly provider: Provider
  /** Copy them from there, inside the service, to the destination; else they are passed over. */
  readonly copies: boolean
}

/** How many files are looked for at once. */
const lookers = 8

/**
 * `plan`, in which files that are the same there are passed over, or copied. One that can not be looked for is
 * transferred. The totals change as the actions pass.
 */
export const passedOver = (
  { actions, totals }: Plan,
  source: Provider,
  { copies, provider }: Elsewhere,
  comparison: Comparison
): Plan => {
  const within = precision(source.capabilities, provider.capabilities, comparison.windowMillis)
  const { location } = provider

  const isSame = (file: File, found: DatedFile): Effect.Effect<boolean, StorageError> => {
    const verdict = decide(file, found, { ...comparison, keepsExisting: false, keepsNewer: false }, within)
    if (verdict._tag !== "Hash") return Effect.succeed(verdict._tag === "Same")
    return Effect.map(
      Checksum.isSame({ provider: source, file }, { provider, file: found }),
      // A copy keeps the time that it has there.
      (same) => (same ?? true) && verdict.otherwise === "same"
    )
  }

  const look = (put: Put): Effect.Effect<Action | undefined> =>
    retrying(provider.stat(put.file.path)).pipe(
      Effect.flatMap((found) => Effect.map(isSame(put.file, found), (same) => (same ? found : undefined))),
      Effect.orElseSucceed(() => undefined),
      Effect.map((found): Action | undefined => {
        if (found === undefined) return put
        if (copies) {
          totals.copiedBytes += put.file.size
          return { ...put, copyOf: { file: found, location } }
        }
        totals.putFiles--
        totals.putBytes -= put.file.size
        totals.same++
        return undefined
      })
    )

  const settled = actions.pipe(
    Stream.mapEffect((action) => (action._tag === "Put" ? look(action) : Effect.succeed(action)), {
      concurrency: lookers
    }),
    Stream.filter((action) => action !== undefined)
  )
  return { actions: settled, totals }
}
