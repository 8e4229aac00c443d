/** What the storage service does by itself with the old versions of a repository's files. */
import type { LifecycleRule } from "@ourclone/core/contract/Buckets"
import type { Provider } from "@ourclone/core/contract/Provider"
import type { StorageError } from "@ourclone/core/contract/StorageError"
import { retrying } from "@ourclone/core/layers/Retry"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"

/** What B2's web page calls "keep only the last version". */
export const lastVersionOnly: LifecycleRule = { prefix: "", daysToDelete: 1 }

/** `kept`: the bucket has rules already. `unsupported`: there are no rules here, or the credentials may not set them. */
export type Outcome = "set" | "kept" | "unsupported"

/**
 * Lets the bucket delete hidden versions after a day, so that what is removed
 * with a key that may only hide costs nothing for long. A bucket that has any
 * rule is left as it is; another program may hold it.
 */
export const keepOnlyLastVersion = (provider: Provider): Effect.Effect<Outcome, StorageError> =>
  Effect.gen(function* () {
    const { buckets } = provider
    const [name] = provider.location.split("/")
    if (buckets === undefined || name === undefined || name === "") return "unsupported"
    const found = (yield* retrying(Stream.runCollect(buckets.list))).find((each) => each.name === name)
    if (found === undefined) return "unsupported"
    if (found.lifecycle.length > 0) return "kept"
    yield* retrying(buckets.setLifecycle(name, [lastVersionOnly]))
    return "set"
  }).pipe(Effect.catchReason("StorageError", "PermissionDenied", () => Effect.succeed<Outcome>("unsupported")))
