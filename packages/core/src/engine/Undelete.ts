/** Bringing removed files back, where a storage hides them and keeps what was stored. */
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { Provider } from "../contract/Provider.ts"
import type { RemotePath } from "../contract/RemotePath.ts"
import type { StorageError } from "../contract/StorageError.ts"
import { fileOf, type Version, type Versions } from "../contract/Versions.ts"

/** How a name stands: removed where it has hide markers on top, and for good where nothing stored is below them. */
export interface NameState {
  readonly path: RemotePath
  /** Those on top, the newest first. */
  readonly markers: ReadonlyArray<Version>
  /** What is there, or what was there last. */
  readonly stored: Version | undefined
}

/** One state for each name of a listing of versions. */
export const statesOf = (listed: Stream.Stream<Version, StorageError>): Stream.Stream<NameState, StorageError> =>
  Stream.suspend(() => {
    let open: { path: RemotePath; markers: Array<Version> } | undefined
    let decided: string | undefined
    const end = (stored: Version | undefined): ReadonlyArray<NameState> => {
      const state = open === undefined ? [] : [{ ...open, stored }]
      open = undefined
      return state
    }
    const next = (version: Version): ReadonlyArray<NameState> => {
      const { kind, path } = version
      if (path === decided) return []
      const before = open !== undefined && open.path !== path ? end(undefined) : []
      open ??= { path, markers: [] }
      if (kind === "Hidden") {
        open.markers.push(version)
        return before
      }
      decided = path
      return [...before, ...end(version)]
    }
    return Stream.mapAccum(
      listed,
      () => undefined,
      (_, version) => [undefined, next(version)] as const,
      {
        onHalt: () => end(undefined)
      }
    )
  })

/**
 * Takes the hide markers away, so that `stored` is there again as it was. Where the key may not, a copy of it is stored
 * on top of them. Fails with what hinders both.
 */
export const bringBack = (
  provider: Provider,
  versions: Versions,
  markers: ReadonlyArray<Version>,
  stored: Version
): Effect.Effect<void, StorageError> =>
  Effect.forEach(markers, versions.remove, { discard: true }).pipe(
    Effect.catchReason("StorageError", "PermissionDenied", (_, error) =>
      provider.copy === undefined
        ? Effect.fail(error)
        : Effect.asVoid(provider.copy(fileOf(stored), provider.location, stored.path))
    )
  )
