/** What the key of a place lacks of what a purpose or a run takes, in words. */
import type { Deed, Key, Purpose } from "@ourclone/core/contract/Keys"
import type { Provider } from "@ourclone/core/contract/Provider"
import { type Remedy, remedyField } from "@ourclone/core/contract/Remedy"
import { PermissionDenied, StorageError } from "@ourclone/core/contract/StorageError"
import * as Effect from "effect/Effect"
import { remedy } from "../kind/JobRemedies.ts"

const lacks = ({ id }: Key, missing: ReadonlyArray<string>, why: string): string => {
  const named = missing.map((each) => `"${each}"`).join(", ")
  const what = missing.length === 1 ? "capability" : "capabilities"
  return `the key ${id} lacks the ${what} ${named}, which ${why}; make a key that has ${missing.length === 1 ? "it" : "them"}`
}

export const lack = (key: Key, missing: ReadonlyArray<string>, purpose: Purpose): string =>
  lacks(key, missing, `the purpose "${purpose}" takes`)

const denied = (provider: string, message: string, remedy?: Remedy) => {
  const reason = new PermissionDenied({ message, concernsAll: true, ...remedyField(remedy) })
  return Effect.fail(new StorageError({ provider, operation: "open", reason }))
}

/** Fails with `PermissionDenied` where the key of a place that is open can not do all of it. */
export const demand = ({ keys, name }: Provider, purpose: Purpose): Effect.Effect<void, StorageError> => {
  const missing = keys?.missing(purpose, true) ?? []
  if (keys === undefined || missing.length === 0) return Effect.void
  const mayRead = purpose === "mount" && keys.missing("read", true).length === 0
  return denied(name, lack(keys.own, missing, purpose), mayRead ? remedy("mountReadOnly") : undefined)
}

/** The same, for what a run does there: before anything is read or stored, whether or not it will come to each of them. */
export const demandDeeds = (
  { keys, name }: Provider,
  deeds: ReadonlyArray<Deed>
): Effect.Effect<void, StorageError> => {
  const missing = keys?.lacking(deeds) ?? []
  return keys === undefined || missing.length === 0
    ? Effect.void
    : denied(name, lacks(keys.own, missing, "this takes here even where nothing is left to do"))
}
