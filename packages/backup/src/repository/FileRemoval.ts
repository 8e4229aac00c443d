/**
 * Taking files away for good.
 *
 * Where the service keeps versions all of them go, or an older one would come
 * to light, and be paid for. Where that is refused, to the key or by a lock of the
 * bucket, the names are hidden instead, from the first refusal on; a lifecycle rule then ends them.
 */
import type { Provider } from "@ourclone/core/contract/Provider"
import type { RemotePath } from "@ourclone/core/contract/RemotePath"
import type { StorageError } from "@ourclone/core/contract/StorageError"
import type { Versions } from "@ourclone/core/contract/Versions"
import { retrying } from "@ourclone/core/layers/Retry"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"

/** Looks for versions this often: each look also sees those that a lost answer left behind. */
const looks = 3

/** Removes the file at a path. Succeeds when it is already gone. */
export type Remove = (path: RemotePath) => Effect.Effect<void, StorageError>

export const make = (provider: Provider): Remove => {
  let mayDelete = provider.versions !== undefined

  const hide: Remove = (path) => retrying(provider.versions?.hide?.(path) ?? provider.remove(path))

  const deleteVersions = (versions: Versions, path: RemotePath, left: number): Effect.Effect<void, StorageError> =>
    Effect.flatMap(
      retrying(Stream.runCollect(Stream.takeWhile(versions.list(path), (version) => version.path === path))),
      (found) => {
        if (found.length === 0) return Effect.void
        // The oldest first, so that none comes to light when this is cut off.
        const removals = Effect.forEach([...found].reverse(), (version) => retrying(versions.remove(version)), {
          discard: true
        })
        return left === 1 ? removals : Effect.andThen(removals, deleteVersions(versions, path, left - 1))
      }
    )

  return (path) =>
    Effect.suspend(() => {
      const { versions } = provider
      if (versions === undefined || !mayDelete) return hide(path)
      return Effect.catchReason(deleteVersions(versions, path, looks), "StorageError", "PermissionDenied", () => {
        mayDelete = false
        return hide(path)
      })
    })
}
