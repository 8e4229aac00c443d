/**
 * Removing versions for good, in an order in which no older one comes to light meanwhile: the newest of a name goes
 * last, and stays where anything below it does. However many versions a name has, only the newest is remembered.
 */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import type { StorageError } from "../contract/StorageError.ts"
import type { Version, Versions } from "../contract/Versions.ts"
import { ofStorageError } from "../events/StorageFailure.ts"
import type { Tell } from "../events/Tell.ts"
import { retrying } from "../layers/Retry.ts"

export interface VersionRemovalOptions {
  /** Files that are there go too, and not only what was replaced or removed. */
  readonly includesCurrent: boolean
  /** Only what was replaced or removed by then, in milliseconds since 1970 UTC. */
  readonly until: number
  /** Nothing is removed, and what would be is told. */
  readonly isPreview: boolean
  readonly tell: Tell
}

export const RemovedVersions = Schema.Struct({
  /** Versions, hide markers included, and their bytes. */
  removed: Schema.Int,
  bytes: Schema.Int,
  /** Names that had them. */
  files: Schema.Int,
  /** Old versions that stay as they were replaced or removed later. */
  kept: Schema.Int,
  failed: Schema.Int
})
export type RemovedVersions = typeof RemovedVersions.Type

const atOnce = 16

/** A name of which versions have been listed. */
interface Name {
  readonly path: string
  /** The newest, where it goes once nothing is below it. */
  readonly last: Version | undefined
  newer: Version
  isWhole: boolean
  isCounted: boolean
}

interface Removal {
  readonly name: Name
  readonly version: Version
}

/** Of `listed`, as `Versions.list` gives it. A version that can not be removed fails alone. */
export const run = (
  listed: Stream.Stream<Version, StorageError>,
  { remove }: Pick<Versions, "remove">,
  { includesCurrent, isPreview, tell, until }: VersionRemovalOptions
): Effect.Effect<RemovedVersions, StorageError> =>
  Effect.suspend(() => {
    const counts = { removed: 0, bytes: 0, files: 0, kept: 0, failed: 0 }
    const done = ({ name, version }: Removal): void => {
      const { path, size, versionId } = version
      counts.removed++
      counts.bytes += size
      if (!name.isCounted) counts.files++
      name.isCounted = true
      const tag = isPreview ? "Would" : "Done"
      tell.fact({ _tag: tag, deed: "removed", item: path, bytes: size, values: { versionId } })
    }
    const removeOne = (removal: Removal): Effect.Effect<void, StorageError> =>
      Effect.matchEffect(isPreview ? Effect.void : retrying(remove(removal.version)), {
        onFailure: (error) => {
          if (error.stopsJob) return Effect.fail(error)
          removal.name.isWhole = false
          counts.failed++
          tell.fact({ _tag: "Failed", failure: ofStorageError(error, removal.version.path) })
          return Effect.void
        },
        onSuccess: () => Effect.sync(() => done(removal))
      })
    const removeAll = (removals: ReadonlyArray<Removal>) =>
      Effect.forEach(removals, removeOne, { concurrency: atOnce, discard: true })

    let open: Name | undefined
    const begin = (version: Version): Name => {
      const isOld = version.kind === "Hidden" && version.storedAt <= until
      if (version.kind === "Hidden" && !isOld) counts.kept++
      const last = isOld || includesCurrent ? version : undefined
      return { path: version.path, last, newer: version, isWhole: true, isCounted: false }
    }
    const lastsOf = (names: ReadonlyArray<Name>): ReadonlyArray<Removal> =>
      names.flatMap((name) => (name.isWhole && name.last !== undefined ? [{ name, version: name.last }] : []))
    const gauge = () =>
      ({
        _tag: "Progress",
        phase: "deleting",
        files: counts.removed + counts.failed,
        bytes: counts.bytes,
        current: []
      }) as const

    const take = (versions: ReadonlyArray<Version>): Effect.Effect<void, StorageError> => {
      const below: Array<Removal> = []
      const ended: Array<Name> = []
      for (const version of versions) {
        if (open?.path !== version.path) {
          if (open !== undefined) ended.push(open)
          open = begin(version)
          continue
        }
        if (open.newer.storedAt <= until) below.push({ name: open, version })
        else {
          open.isWhole = false
          counts.kept++
        }
        open.newer = version
      }
      tell.gauge(gauge)
      const lasts = Effect.suspend(() => removeAll(lastsOf(ended)))
      return Effect.andThen(Effect.andThen(removeAll(below), lasts), tell.room)
    }
    return Stream.runForEachArray(listed, take).pipe(
      Effect.andThen(Effect.suspend(() => removeAll(lastsOf(open === undefined ? [] : [open])))),
      Effect.map(() => counts)
    )
  })
