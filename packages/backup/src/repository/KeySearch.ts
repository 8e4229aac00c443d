/** Which key file a password opens. */
import type { StorageError } from "@ourclone/core/contract/StorageError"
import * as Effect from "effect/Effect"
import type * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import type { Keys } from "../format/Crypto.ts"
import * as KeyFile from "../format/KeyFile.ts"
import * as RepositoryFile from "../format/RepositoryFile.ts"
import * as Hex from "../go/Hex.ts"
import { Damaged, Missing, type RepositoryError, WrongPassword } from "./RepositoryError.ts"
import { remedy } from "./RepositoryRemedies.ts"
import type { StoredFiles } from "./StoredFiles.ts"

/** Each takes half a second: as many keys as restic tries. */
const mostKeys = 20

export interface FoundKey {
  readonly id: string
  readonly keys: Keys
}

export interface SearchOptions {
  readonly password: Redacted.Redacted<string>
  /** The id of the key to try first, or how it begins; may be of no key. */
  readonly hint?: string | undefined
  /** Whether the master keys are those of this repository; a key that opens and is of another is passed over. */
  readonly accepts: (keys: Keys) => boolean
}

const malformed = (files: StoredFiles, id: string, why: string): RepositoryError => {
  const file = RepositoryFile.pathOf("keys", id)
  return files.fail(new Damaged({ message: `the key "${file}" can not be used: ${why}`, file }))
}

/**
 * The first key that opens. Fails with `WrongPassword` when none does, with
 * `Missing` when there is none, and with `Damaged` when none opens and one could
 * not be tried, since that may have been the one.
 */
export const search = Effect.fnUntraced(function* (
  files: StoredFiles,
  { accepts, hint, password }: SearchOptions
): Effect.fn.Return<FoundKey, StorageError | RepositoryError> {
  let fault: RepositoryError | undefined

  const attempt = Effect.fnUntraced(function* (
    id: string
  ): Effect.fn.Return<FoundKey | undefined, StorageError | RepositoryError> {
    const file = KeyFile.decode(yield* files.read("keys", id))
    if (typeof file === "string") return yield* malformed(files, id, file)
    const keys = yield* KeyFile.open(file, password)
    if (keys === "Malformed") return yield* malformed(files, id, "what the password opens are no keys")
    if (keys === "WrongPassword") return undefined
    if (accepts(keys)) return { id, keys }
    const why = 'its master keys do not open "config"; one of the two is damaged or of another repository'
    return yield* malformed(files, id, `${why}, so put them back from a copy`)
  })

  const attemptOrNote = (id: string) =>
    attempt(id).pipe(
      Effect.catchReasons("RepositoryError", {
        Missing: () => Effect.succeed(undefined),
        Damaged: (reason) =>
          Effect.sync(() => {
            const message = `${reason.message}; put it back from a copy`
            fault = files.fail(new Damaged({ message, file: reason.file }))
            return undefined
          })
      })
    )

  const hinted = hint !== undefined && Hex.isId(hint) ? yield* attemptOrNote(hint) : undefined
  if (hinted !== undefined) return hinted
  const isMeant = ({ id }: RepositoryFile.RepositoryFile) => hint !== undefined && id.startsWith(hint)
  const found = (yield* Stream.runCollect(files.list("keys"))).filter(({ id }) => id !== hint)
  const listed = [...found.filter(isMeant), ...found.filter((file) => !isMeant(file))]
  for (const { id } of listed.slice(0, mostKeys)) {
    const opened = yield* attemptOrNote(id)
    if (opened !== undefined) return opened
  }
  if (fault !== undefined) return yield* Effect.fail(fault)
  if (listed.length === 0 && hint === undefined) {
    const message = 'there are no keys in "keys": without one nothing in the repository can be read'
    return yield* files.fail(new Missing({ message, file: "keys" }))
  }
  const message = "the password is wrong: no key opens with it"
  const reason =
    listed.length > mostKeys
      ? { message: `${message}; of ${listed.length} keys only ${mostKeys} were tried`, remedy: remedy("nameKey") }
      : { message }
  return yield* files.fail(new WrongPassword(reason))
})
