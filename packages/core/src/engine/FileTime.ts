/** Times that a listing did not know. */
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { DatedFile, Entry, File } from "../contract/Entry.ts"
import type { Provider } from "../contract/Provider.ts"
import type { StorageError } from "../contract/StorageError.ts"

/** How many files are asked for at once. */
const atOnce = 16

const isDated = (file: File): file is DatedFile => file.modifiedAt !== undefined

/** `file` with its time, and the metadata that a listing leaves out with it, which costs a call where the listing left it out. Fails with `NotFound` when it is gone. */
export const dated = (provider: Provider, file: File): Effect.Effect<DatedFile, StorageError> =>
  isDated(file)
    ? Effect.succeed(file)
    : Effect.map(provider.stat(file.path), ({ metadata, modifiedAt }) => ({
        ...file,
        modifiedAt,
        ...(metadata === undefined ? {} : { metadata })
      }))

/** Whether `exact` costs no call. */
export const isExact = (source: Provider, destination: Provider, file: File): file is DatedFile =>
  isDated(file) && !(source.capabilities.keepsNanoseconds && destination.capabilities.keepsNanoseconds)

/** `file` with its time as exactly as `destination` keeps it, which costs a call where that is finer than milliseconds. */
export const exact = (source: Provider, destination: Provider, file: File): Effect.Effect<DatedFile, StorageError> => {
  if (!source.capabilities.keepsNanoseconds || !destination.capabilities.keepsNanoseconds) return dated(source, file)
  return Effect.map(source.stat(file.path), ({ modifiedAt, nanoseconds }) => {
    // One that was changed since is found out by whoever reads it.
    if (file.modifiedAt !== undefined && file.modifiedAt !== modifiedAt) return { ...file, modifiedAt: file.modifiedAt }
    return nanoseconds === undefined ? { ...file, modifiedAt } : { ...file, modifiedAt, nanoseconds }
  })
}

/** A file that is gone since it was listed is as if it had never been. */
const datedEntry = (provider: Provider, entry: Entry): Effect.Effect<Entry | undefined, StorageError> =>
  entry._tag !== "File"
    ? Effect.succeed(entry)
    : Effect.catchReason(dated(provider, entry), "StorageError", "NotFound", () => Effect.succeed(undefined))

/** A listing with all times, for whoever looks at the time of every file. */
export const datedListing = (
  provider: Provider,
  listing: Stream.Stream<Entry, StorageError>
): Stream.Stream<Entry, StorageError> =>
  listing.pipe(
    Stream.mapArrayEffect((entries) =>
      entries.every((entry) => entry._tag !== "File" || isDated(entry))
        ? Effect.succeed(entries as typeof entries & readonly [Entry | undefined, ...Array<Entry | undefined>])
        : Effect.forEach(entries, (entry) => datedEntry(provider, entry), { concurrency: atOnce })
    ),
    Stream.filter((entry) => entry !== undefined)
  )
