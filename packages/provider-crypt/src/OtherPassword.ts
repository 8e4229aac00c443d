/**
 * Whether a place holds what was encrypted with another password. Files of both would lie beside each other, and whoever has
 * one password would not see those of the other.
 */
import type { Entry, File } from "@ourclone/core/contract/Entry"
import type { Provider } from "@ourclone/core/contract/Provider"
import { root } from "@ourclone/core/contract/RemotePath"
import { StorageError, Unauthenticated } from "@ourclone/core/contract/StorageError"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import * as Semaphore from "effect/Semaphore"
import * as Stream from "effect/Stream"
import * as Blocks from "./content/Blocks.ts"
import type { Names } from "./names/Names.ts"

/** Entries that are looked at: a page of a listing. */
const mostEntries = 1000
/** Files whose first bytes are read, where names do not tell. */
const mostFiles = 3

const message =
  "what is stored there was encrypted with another password, which would no longer see all that is there: correct the password, or name a folder of its own for this one"

/** By the first block; `undefined` where it says nothing. */
const isOurs = (beneath: Provider, key: Buffer, file: File): Effect.Effect<boolean | undefined, StorageError> => {
  const length = Math.min(file.size, Blocks.headerSize + Blocks.sealedSize)
  return Effect.map(Stream.runCollect(beneath.read(file, { offset: 0, length })), (pieces) => {
    const bytes = Buffer.concat([...pieces])
    const isEncrypted = bytes.subarray(0, Blocks.magic.length).equals(Blocks.magic)
    if (bytes.length < length || !isEncrypted) return undefined
    const nonce = bytes.subarray(Blocks.magic.length, Blocks.headerSize)
    return Blocks.open(bytes.subarray(Blocks.headerSize), nonce, key) !== undefined
  })
}

const holdsOthers = Effect.fnUntraced(function* (beneath: Provider, names: Names, key: Buffer) {
  const listed = Stream.take(beneath.list(root, { depth: 1 }), mostEntries)
  const entries: ReadonlyArray<Entry> = yield* Stream.runCollect(listed)
  const kinds = entries.map((entry) => names.tells(entry.path, entry._tag === "Directory"))
  if (kinds.includes("ours")) return false
  if (kinds.includes("others")) return true
  const files = entries.filter((entry) => entry._tag === "File").filter(({ size }) => (Blocks.plainSize(size) ?? 0) > 0)
  let isOthers = false
  for (const file of files.slice(0, mostFiles)) {
    const found = yield* isOurs(beneath, key, file)
    if (found === true) return false
    // One that is damaged looks like one of another password.
    isOthers ||= found === false
  }
  return isOthers
})

/** What nobody may look at, or is not there, is no hindrance. */
const passing = new Set<string>(["NotFound", "PermissionDenied", "SourceChanged"])

/**
 * Fails with `Unauthenticated` where the whole of the remote, `outermost`, holds files of another password and none of this
 * one. It is looked at once, before the first write.
 */
export const makeRefusal = (
  outermost: Effect.Effect<Provider, StorageError, Scope.Scope>,
  name: string,
  names: Names,
  key: Buffer
): Effect.Effect<void, StorageError> => {
  const one = Semaphore.makeUnsafe(1)
  let isKnown = false
  const look = Effect.scoped(Effect.flatMap(outermost, (whole) => holdsOthers(whole, names, key))).pipe(
    Effect.catch((error) => (passing.has(error.reason._tag) ? Effect.succeed(false) : Effect.fail(error))),
    Effect.flatMap((isOthers) => {
      if (isOthers) {
        return Effect.fail(
          new StorageError({ provider: name, operation: "put", reason: new Unauthenticated({ message }) })
        )
      }
      isKnown = true
      return Effect.void
    })
  )
  return Effect.suspend(() =>
    isKnown ? Effect.void : one.withPermits(1)(Effect.suspend(() => (isKnown ? Effect.void : look)))
  )
}
