/** What the storage service does by itself with the old versions of a repository's files. */
import type { LifecycleRule } from "@ourclone/core/contract/Buckets"
import type { Provider } from "@ourclone/core/contract/Provider"
import type { RemotePath } from "@ourclone/core/contract/RemotePath"
import type { StorageError } from "@ourclone/core/contract/StorageError"
import { retrying } from "@ourclone/core/layers/Retry"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import * as RepositoryFile from "../format/RepositoryFile.ts"

/** `config` is never removed, so no rule is about it. */
const types: ReadonlyArray<RepositoryFile.FileType> = ["data", "index", "keys", "locks", "snapshots"]

/** "Keep only the last version", for the files of the repository in the folder of the bucket and for no other. */
export const rulesFor = (folder: string): ReadonlyArray<LifecycleRule> =>
  types.map((type) => ({
    prefix: `${folder === "" ? "" : `${folder}/`}${RepositoryFile.directoryOf(type)}/`,
    daysToDelete: 1
  }))

/**
 * `kept`: the bucket has rules already that are about these files. `shared`: where its files lie, other things lie
 * too, or have lain. `unsupported`: there are no rules here, or the credentials may not set them.
 */
export type Outcome = "set" | "kept" | "shared" | "unsupported"

const overlap = (left: LifecycleRule, right: LifecycleRule): boolean =>
  left.prefix.startsWith(right.prefix) || right.prefix.startsWith(left.prefix)

/** What lies in a directory, old versions included where there are any. */
const pathsIn = (provider: Provider, directory: RemotePath): Stream.Stream<string, StorageError> =>
  provider.versions === undefined
    ? Stream.map(
        Stream.filter(provider.list(directory), ({ _tag }) => _tag !== "Directory"),
        ({ path }) => path
      )
    : Stream.map(provider.versions.list(directory), ({ path }) => path)

/** Whether anything that is not of a repository lies in one of its directories. */
const isShared = Effect.fnUntraced(function* (provider: Provider): Effect.fn.Return<boolean, StorageError> {
  for (const type of types) {
    const paths = pathsIn(provider, RepositoryFile.directoryOf(type))
    const others = Stream.filter(paths, (path) => !RepositoryFile.isPathOf(type, path))
    if (Option.isSome(yield* retrying(Stream.runHead(others)))) return true
  }
  return false
})

/**
 * Lets the bucket delete hidden versions of the repository's files after a day, so that what is removed
 * with a key that may only hide costs nothing for long. Rules that the bucket has stay as they are, and
 * no other file of it gets a rule by this.
 */
export const keepOnlyLastVersion = (provider: Provider): Effect.Effect<Outcome, StorageError> =>
  Effect.gen(function* () {
    const { buckets } = provider
    const [name, ...folders] = provider.location.split("/")
    if (buckets === undefined || name === undefined || name === "") return "unsupported"
    const found = (yield* retrying(Stream.runCollect(buckets.list))).find((each) => each.name === name)
    if (found === undefined) return "unsupported"
    const rules = rulesFor(folders.join("/"))
    if (found.lifecycle.some((rule) => rules.some((ours) => overlap(rule, ours)))) return "kept"
    if (yield* isShared(provider)) return "shared"
    return yield* retrying(buckets.setLifecycle(name, [...found.lifecycle, ...rules])).pipe(
      Effect.as<Outcome>("set"),
      Effect.catchReason("StorageError", "InvalidRequest", () => Effect.succeed<Outcome>("unsupported"))
    )
  }).pipe(Effect.catchReason("StorageError", "PermissionDenied", () => Effect.succeed<Outcome>("unsupported")))
