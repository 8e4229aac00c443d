/** A place that is to be served or mounted: held against what that takes, before anybody hears that it is there. */
import type { Purpose } from "@ourclone/core/contract/Keys"
import type { Provider } from "@ourclone/core/contract/Provider"
import type { Tell } from "@ourclone/core/events/Tell"
import * as Effect from "effect/Effect"
import { InvalidJob } from "../kind/JobError.ts"
import * as FileOrFolder from "./FileOrFolder.ts"
import * as KeyFor from "./KeyFor.ts"
import { open as openPlace } from "./OpenPlace.ts"

export interface Serving {
  /** What the key must be able to do. */
  readonly purpose: Purpose
  /** What is done with the place, for people. */
  readonly verb: "mount" | "serve"
}

/** A folder of such a storage comes to be with the first file in it. */
const comesByItself = ({ capabilities }: Provider, purpose: Purpose): boolean =>
  purpose !== "read" && !capabilities.hasDirectories

/**
 * Opens the folder until the scope closes. Fails with `PermissionDenied` where the key lacks a capability, which is named;
 * with `NotFound` for what is not there, and for a file; with `InvalidJob` for all the buckets of an account.
 */
export const open = Effect.fnUntraced(function* (text: string, tell: Tell, { purpose, verb }: Serving) {
  const provider = yield* openPlace(text, tell)
  if (provider.buckets !== undefined && provider.location === "") {
    return yield* new InvalidJob({ message: `${text} holds buckets; ${verb} one of them`, field: "path" })
  }
  yield* KeyFor.demand(provider, purpose)
  const found = yield* FileOrFolder.find(text, tell)
  if (found._tag === "File") {
    return yield* FileOrFolder.notThere(text, `this is a file, not a folder; ${verb} the folder that holds it`)
  }
  const isThere = comesByItself(provider, purpose)
    ? Effect.as(FileOrFolder.holdsSomething(found), true)
    : FileOrFolder.exists(found, text, tell)
  if (!(yield* isThere))
    return yield* FileOrFolder.notThere(text, "there is no such folder; check the name, or make it first")
  return provider
})
