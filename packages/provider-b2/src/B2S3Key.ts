/** What a key of B2 may do through the side that speaks S3, which says no more of a refusal than that it is one. */
import type { Keys } from "@ourclone/core/contract/Keys"
import type { Provider } from "@ourclone/core/contract/Provider"
import { PermissionDenied, StorageError } from "@ourclone/core/contract/StorageError"
import { type Call, wrap } from "@ourclone/core/layers/ProviderCalls"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { type KeyScope, lack } from "./api/B2Errors.ts"
import * as B2Keys from "./B2Keys.ts"

/** By the method of a provider. What makes or changes a file takes `writeFiles`. */
const taken: { readonly [method: string]: string } = {
  list: "listFiles",
  stat: "readFiles",
  statDirectory: "listFiles",
  read: "readFiles",
  readAll: "readFiles",
  link: "readFiles",
  "largeFile.unfinished": "listFiles",
  "largeFile.parts": "listFiles",
  "versions.list": "listFiles",
  "versions.remove": "deleteFiles",
  "buckets.list": "listBuckets",
  "buckets.create": "writeBuckets",
  "buckets.remove": "deleteBuckets",
  "buckets.update": "writeBuckets",
  "buckets.setLifecycle": "writeBuckets"
}

export interface At {
  /** No bucket is meant. */
  readonly isAccount: boolean
  /** Whether the place removes for good, rather than puts a marker there. */
  readonly hardDelete: boolean
}

/** `provider` with the capability in its refusals that the key lacks for what was asked. */
export const around = (provider: Provider, key: KeyScope, { hardDelete, isAccount }: At): Provider => {
  const removal = hardDelete ? "deleteFiles" : "writeFiles"
  const keys: Keys = B2Keys.ofScope(key, { removal, sharing: "readFiles" })
  const takenBy = ({ method }: Call): string => {
    if (isAccount && method === "list") return "listBuckets"
    return /^remove(?:Directory)?$/.test(method) ? removal : (taken[method] ?? "writeFiles")
  }
  const lackedFor = (call: Call): string | undefined => {
    const capability = takenBy(call)
    return key.capabilities.includes(capability) ? undefined : capability
  }
  const named = (call: Call) => (error: StorageError) => {
    const { operation, path, provider: name, reason } = error
    const capability = lackedFor(call)
    if (reason._tag !== "PermissionDenied" || capability === undefined) return error
    const lacking = new PermissionDenied({ message: lack(key, capability), concernsAll: true })
    return new StorageError({ provider: name, operation, reason: lacking, ...(path === undefined ? {} : { path }) })
  }
  const wrapped = wrap(provider, {
    effect: (work, call) => Effect.mapError(work, named(call)),
    stream: (work, call) => Stream.mapError(work, named(call))
  })
  const { link } = wrapped
  return {
    ...wrapped,
    keys,
    // An address is signed here: whoever follows it would be refused.
    link:
      link &&
      ((path, validMillis) => {
        const capability = lackedFor({ method: "link", path })
        if (capability === undefined) return link(path, validMillis)
        const reason = new PermissionDenied({ message: lack(key, capability), concernsAll: true })
        return Effect.fail(new StorageError({ provider: provider.name, operation: "link", path, reason }))
      })
  }
}
