/** `A.txt` on one side and `a.txt` on the other: whether they are one file is asked of a side that may not tell letter cases apart. */
import type { File } from "@ourclone/core/contract/Entry"
import type { Provider } from "@ourclone/core/contract/Provider"
import type { RemotePath } from "@ourclone/core/contract/RemotePath"
import type { StorageError } from "@ourclone/core/contract/StorageError"
import { retrying } from "@ourclone/core/layers/Retry"
import * as Effect from "effect/Effect"
import type { Pair } from "./Pair.ts"

/** Whether names of a pair may differ and be one file's all the same. */
export const mayDiffer = ({ first, second }: Pair): boolean =>
  first.capabilities.isCaseSensitive !== true || second.capabilities.isCaseSensitive !== true

const answersTo = (provider: Provider, path: RemotePath): Effect.Effect<boolean, StorageError> =>
  provider.capabilities.isCaseSensitive === true
    ? Effect.succeed(false)
    : Effect.catchReason(Effect.as(retrying(provider.stat(path)), true), "StorageError", "NotFound", () =>
        Effect.succeed(false)
      )

/** The spelling by which both sides know the file of two listed spellings; `undefined` where these are two files. */
export const common = Effect.fnUntraced(function* (
  { first, second }: Pair,
  ours: File,
  theirs: File
): Effect.fn.Return<RemotePath | undefined, StorageError> {
  if (yield* answersTo(second, ours.path)) return ours.path
  return (yield* answersTo(first, theirs.path)) ? theirs.path : undefined
})
