/** What the key of a place lacks of what a purpose takes, in words. */
import type { Key, Purpose } from "@ourclone/core/contract/Keys"
import type { Provider } from "@ourclone/core/contract/Provider"
import { PermissionDenied, StorageError } from "@ourclone/core/contract/StorageError"
import * as Effect from "effect/Effect"

export const lack = ({ id }: Key, missing: ReadonlyArray<string>, purpose: Purpose): string => {
  const named = missing.map((each) => `"${each}"`).join(", ")
  const what = missing.length === 1 ? "capability" : "capabilities"
  return `the key ${id} lacks the ${what} ${named}, which the purpose "${purpose}" takes; make a key that has ${missing.length === 1 ? "it" : "them"}`
}

/** Fails with `PermissionDenied` where the key of a place that is open can not do all of it. */
export const demand = ({ keys, name }: Provider, purpose: Purpose): Effect.Effect<void, StorageError> => {
  const missing = keys?.missing(purpose, true) ?? []
  if (keys === undefined || missing.length === 0) return Effect.void
  const reason = new PermissionDenied({ message: lack(keys.own, missing, purpose), concernsAll: true })
  return Effect.fail(new StorageError({ provider: name, operation: "open", reason }))
}
