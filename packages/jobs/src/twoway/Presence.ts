/** Whether both sides are there, as a name that is mistyped is neither a new folder nor one from which all was removed. */
import type { Provider } from "@ourclone/core/contract/Provider"
import { root } from "@ourclone/core/contract/RemotePath"
import type { StorageError } from "@ourclone/core/contract/StorageError"
import type { Tell } from "@ourclone/core/events/Tell"
import { retrying } from "@ourclone/core/layers/Retry"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import * as FileOrFolder from "../place/FileOrFolder.ts"
import type { Request } from "./BisyncFields.ts"

/** `none`: nothing is stored under the name, where folders are made of names and no other is there. */
type Presence = "filled" | "empty" | "missing" | "none"

export interface Sided {
  /** As it was asked for. */
  readonly text: string
  readonly provider: Provider
}

const presenceOf = ({ provider }: Sided): Effect.Effect<Presence, StorageError> => {
  const { capabilities, list, statDirectory } = provider
  const none: Presence = capabilities.hasDirectories ? "missing" : "none"
  const first = Stream.runCollect(Stream.take(list(root, { depth: 1 }), 1))
  // A folder that is not there lists nothing.
  const empty: Effect.Effect<Presence, StorageError> =
    none === "missing" && statDirectory !== undefined
      ? Effect.as(retrying(statDirectory(root)), "empty")
      : Effect.succeed(none === "missing" ? "empty" : none)
  return Effect.flatMap(retrying(first), (found) =>
    found.length > 0 ? Effect.succeed<Presence>("filled") : empty
  ).pipe(Effect.catchReason("StorageError", "NotFound", () => Effect.succeed(none)))
}

const missing = (text: string): StorageError =>
  FileOrFolder.notThere(
    text,
    "there is no such folder, and none is made here, as its name may be mistyped: make it, or correct the name"
  )

/**
 * Fails with `NotFound` where a folder is missing: at a first run always, and later unless an empty side may empty the other.
 * Under a name of an object storage nothing needs to be, as long as there is something on the other side.
 */
export const demand = Effect.fnUntraced(function* (
  { allowEmptySource = false }: Request,
  sides: readonly [Sided, Sided],
  { isFirst, tell }: { readonly isFirst: boolean; readonly tell: Tell }
) {
  const found = [yield* presenceOf(sides[0]), yield* presenceOf(sides[1])] as const
  const gone = sides.filter((_, index) => found[index] === "missing")
  const isMeant = allowEmptySource && !isFirst && gone.length === 1
  if (gone[0] !== undefined && !isMeant) return yield* missing(gone[0].text)
  if (!isFirst || found.some((presence) => presence !== "none")) return
  for (const { provider, text } of sides) {
    if (yield* FileOrFolder.exists({ _tag: "Folder", provider }, text, tell)) return
  }
  return yield* missing(sides[0].text)
})
