/**
 * What was begun of large files, for storages that do not say themselves what an unfinished one is to be, or which parts of
 * it have arrived: a later run goes on with it.
 */
import * as Context from "effect/Context"
import * as Schema from "effect/Schema"
import { Part, type Unfinished } from "../contract/LargeFile.ts"

export const PlacedPart = Schema.Struct({
  ...Part.fields,
  /** Where it begins in the finished file, in bytes. */
  offset: Schema.Int
})
export type PlacedPart = typeof PlacedPart.Type

export interface Begun {
  /** Its path is from the root of the account, as several places may lead there. */
  readonly file: Unfinished
  /** By number, the last of each. */
  readonly parts: ReadonlyMap<number, PlacedPart>
}

/** What can not be noted is only begun anew: none of these fails. */
export interface UploadJournal {
  readonly begin: (account: string, file: Unfinished) => void
  /** That the part has arrived and stays. */
  readonly addPart: (account: string, id: string, part: PlacedPart) => void
  /** That the part is being sent again, and is not to be relied on meanwhile. */
  readonly dropPart: (account: string, id: string, number: number) => void
  /** It was finished or cancelled, or is gone. */
  readonly end: (account: string, id: string) => void
  readonly find: (account: string, id: string) => Begun | undefined
  readonly list: (account: string) => ReadonlyArray<Begun>
}

/** How many uploads are remembered; the oldest is forgotten. */
const most = 1024

/** Known as long as the process lives. */
export const inMemory = (): UploadJournal => {
  const known = new Map<
    string,
    { readonly account: string; readonly file: Unfinished; readonly parts: Map<number, PlacedPart> }
  >()
  const keyOf = (account: string, id: string) => `${account}\n${id}`
  return {
    begin: (account, file) => {
      known.set(keyOf(account, file.id), { account, file, parts: new Map() })
      for (const oldest of known.keys()) {
        if (known.size <= most) break
        known.delete(oldest)
      }
    },
    addPart: (account, id, part) => void known.get(keyOf(account, id))?.parts.set(part.number, part),
    dropPart: (account, id, number) => void known.get(keyOf(account, id))?.parts.delete(number),
    end: (account, id) => void known.delete(keyOf(account, id)),
    find: (account, id) => known.get(keyOf(account, id)),
    list: (account) => [...known.values()].filter((one) => one.account === account)
  }
}

/** Read once, by `ProviderFactory.connect`. */
export const Uploads = Context.Reference<UploadJournal>("@ourclone/core/layers/UploadJournal", {
  defaultValue: inMemory
})
