/** Names of a source, for a destination that may not tell letter cases apart: there `A.txt` and `a.txt` are one file. */
import * as Effect from "effect/Effect"
import type { DatedFile } from "../contract/Entry.ts"
import type { Provider } from "../contract/Provider.ts"
import type { RemotePath } from "../contract/RemotePath.ts"
import type { StorageError } from "../contract/StorageError.ts"
import { retrying } from "../layers/Retry.ts"

const ascii = /^[\0-\x7f]*$/

/** One character's one case; those that become several characters stay two names, as in file systems. */
const foldCharacter = (character: string): string => {
  const upper = character.toUpperCase()
  const lower = (upper.length === character.length ? upper : character).toLowerCase()
  return lower.length === character.length ? lower : character
}

/** Two names that are one file where case does not count are one text. Composed and decomposed letters are one there too. */
export const folded = (path: string): string => {
  if (ascii.test(path)) return path.toLowerCase()
  let text = ""
  for (const character of path.normalize("NFC")) text += foldCharacter(character)
  return text.normalize("NFC")
}

/** The file that `provider` has at `path`, in whatever letter case it lists it. What can not be asked for is not there. */
export const underAnyCase = (
  provider: Provider,
  path: RemotePath
): Effect.Effect<DatedFile | undefined, StorageError> =>
  Effect.catch(retrying(provider.stat(path)), (error) =>
    error.stopsJob ? Effect.fail(error) : Effect.succeed(undefined)
  )

export interface LetterCases {
  /** To be called with each file that is transferred, in order; gives the earlier one that it would replace. */
  readonly claim: (path: RemotePath) => RemotePath | undefined
  /** The source has it and it is not transferred: what has its name at the destination is no extra file. */
  readonly note: (path: RemotePath) => void
  /** Whether the source has a file of this name, in whatever letter case. Known once the source is listed. */
  readonly has: (path: RemotePath) => boolean
}

export const make = (): LetterCases => {
  const claimed = new Map<string, RemotePath>()
  const noted = new Set<string>()
  return {
    claim: (path) => {
      const name = folded(path)
      const earlier = claimed.get(name)
      if (earlier === undefined) claimed.set(name, path)
      return earlier === path ? undefined : earlier
    },
    note: (path) => void noted.add(folded(path)),
    has: (path) => {
      const name = folded(path)
      return claimed.has(name) || noted.has(name)
    }
  }
}
