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
import type { PairState, Side } from "./PairState.ts"

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

/** What becomes of a conflict. */
export interface Resolution {
  /** Which side has it. */
  readonly newer: { readonly side: Side; readonly file: File }
  readonly older: { readonly side: Side; readonly file: File }
  /** Of the older one; undefined where no name is free, and nothing is done. */
  readonly name: RemotePath | undefined
}

/** Changes nothing. */
export const foresee = Effect.fnUntraced(function* (
  pair: Pair,
  { first, second }: Conflict
): Effect.fn.Return<Resolution, StorageError> {
  const ours = { side: "first", file: first } as const
  const theirs = { side: "second", file: second } as const
  const [newer, older] = (first.modifiedAt ?? 0) >= (second.modifiedAt ?? 0) ? [ours, theirs] : [theirs, ours]
  return { newer, older, name: yield* freeName(pair, older.file) }
})

/** Plans that both sides get both versions. Gives the name of the older one; nothing where no name was free. */
export const resolve = Effect.fnUntraced(function* (
  pair: Pair,
  state: PairState,
  conflict: Conflict
): Effect.fn.Return<RemotePath | undefined, StorageError> {
  const { name, newer, older } = yield* foresee(pair, conflict)
  if (name === undefined) return undefined
  const kept = yield* keepBeside(pair[older.side], older.file, name)
  state.plan(newer.side, { path: name, isRemoval: false, file: kept })
  state.plan(older.side, { path: newer.file.path, isRemoval: false, file: newer.file })
  return name
})
