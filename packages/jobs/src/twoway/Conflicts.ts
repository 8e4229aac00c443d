/** Both versions of a file that was changed on both sides are kept: the newer one under its name, the other beside it. */
import type { DatedFile, File } from "@ourclone/core/contract/Entry"
import type { Provider } from "@ourclone/core/contract/Provider"
import type { RemotePath } from "@ourclone/core/contract/RemotePath"
import type { StorageError } from "@ourclone/core/contract/StorageError"
import * as Download from "@ourclone/core/engine/Download"
import { upload } from "@ourclone/core/engine/Upload"
import { retrying } from "@ourclone/core/layers/Retry"
import * as Effect from "effect/Effect"
import type { Conflict } from "./Comparing.ts"
import { conflictName } from "./ConflictName.ts"
import type { Pair } from "./Pair.ts"
import type { PairState } from "./PairState.ts"

/** Names of one second that are tried. */
const most = 100
const partsAtOnce = 4

const at = (provider: Provider, path: RemotePath): Effect.Effect<DatedFile | undefined, StorageError> =>
  Effect.catchReason(retrying(provider.stat(path)), "StorageError", "NotFound", () => Effect.succeed(undefined))

const isThat = (file: File, found: DatedFile): boolean =>
  found.size === file.size && Math.abs(found.modifiedAt - (file.modifiedAt ?? 0)) < 2000

/** The name for `file`: one that nothing has, or that an earlier run has given to this very version. */
const freeName = Effect.fnUntraced(function* (pair: Pair, file: File) {
  for (let number = 1; number < most; number++) {
    const name = conflictName(file.path, file.modifiedAt ?? 0, number)
    const found = yield* Effect.all([at(pair.first, name), at(pair.second, name)])
    if (found.every((one) => one === undefined || isThat(file, one))) return name
  }
  return undefined
})

/** A second name for `file` on its own side, which has both then. */
const keepBeside = (provider: Provider, file: File, name: RemotePath): Effect.Effect<DatedFile, StorageError> =>
  provider.copy === undefined
    ? upload(provider, name, Download.source(provider, file), {
        modifiedAt: file.modifiedAt ?? 0,
        partConcurrency: partsAtOnce
      })
    : retrying(provider.copy(file, provider.location, name))

/** Plans that both sides get both versions. Gives the name of the older one; nothing where no name was free. */
export const resolve = Effect.fnUntraced(function* (
  pair: Pair,
  state: PairState,
  { first, second }: Conflict
): Effect.fn.Return<RemotePath | undefined, StorageError> {
  const isFirstNewer = (first.modifiedAt ?? 0) >= (second.modifiedAt ?? 0)
  const [older, side, other] = isFirstNewer
    ? ([second, pair.second, "first"] as const)
    : ([first, pair.first, "second"] as const)
  const newer = isFirstNewer ? first : second
  const name = yield* freeName(pair, older)
  if (name === undefined) return undefined
  const kept = yield* keepBeside(side, older, name)
  state.plan(other, { path: name, isRemoval: false, file: kept })
  state.plan(other === "first" ? "second" : "first", { path: newer.path, isRemoval: false, file: newer })
  return name
})
