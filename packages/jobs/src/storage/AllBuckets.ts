/** Everything in all buckets of an account, each below a folder of its name. */
import { type Directory, type Entry, Skipped } from "@ourclone/core/contract/Entry"
import type { ListOptions, Provider } from "@ourclone/core/contract/Provider"
import { join, type RemotePath, root } from "@ourclone/core/contract/RemotePath"
import type { StorageError } from "@ourclone/core/contract/StorageError"
import type { Tell } from "@ourclone/core/events/Tell"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { open } from "../place/OpenPlace.ts"

export interface Listed {
  /** The account, as it was typed: `b2:`. */
  readonly text: string
  readonly provider: Provider
  readonly mayContain: ((directory: RemotePath) => boolean) | undefined
  readonly list: (provider: Provider, options: ListOptions) => Stream.Stream<Entry, StorageError>
}

const below = (bucket: RemotePath, entry: Entry): Entry =>
  entry._tag === "Skipped"
    ? { ...entry, path: `${bucket}/${entry.path}` }
    : { ...entry, path: join(bucket, entry.path) }

/** What can not be read of one bucket is no reason to leave out the others. */
const isOfBucket = ({ reason, stopsJob }: StorageError): boolean => reason._tag === "PermissionDenied" || !stopsJob

export const entries = ({ list, mayContain, provider, text }: Listed, tell: Tell) => {
  const ofBucket = (bucket: Directory) => {
    const { path } = bucket
    const options: ListOptions =
      mayContain === undefined ? {} : { mayContain: (inner) => mayContain(join(path, inner)) }
    const inside = Stream.unwrap(
      Effect.map(open(/[:/]$/.test(text) ? `${text}${path}` : `${text}/${path}`, tell), (opened) =>
        Stream.map(list(opened, options), (entry) => below(path, entry))
      )
    )
    const read = Stream.catchTag(inside, "StorageError", (error) =>
      isOfBucket(error)
        ? Stream.succeed<Entry>(Skipped.make({ path, because: error.reason.message, isFailure: true }))
        : Stream.fail(error)
    )
    return Stream.concat(Stream.succeed<Entry>(bucket), read)
  }
  return provider.list(root, { depth: 1 }).pipe(
    Stream.filter((entry) => entry._tag === "Directory" && (mayContain === undefined || mayContain(entry.path))),
    Stream.flatMap((entry) => ofBucket(entry as Directory))
  )
}
