/** What another program's files say of storages, as remotes of ours and as what could be none. */
import type { OptionValue } from "@ourclone/core/contract/OptionField"

export interface ImportedRemote {
  readonly name: string
  readonly type: string
  readonly options: Readonly<Record<string, OptionValue>>
  /** What a person should know: a place to use with it, or what was not taken over. Never a secret. */
  readonly notes: ReadonlyArray<string>
}

/** What could not be taken over. */
export interface Refused {
  /** As the file calls it. */
  readonly name: string
  readonly because: string
}

export interface Imported {
  /** Whose file it is. */
  readonly program: string
  readonly remotes: ReadonlyArray<ImportedRemote>
  readonly refused: ReadonlyArray<Refused>
}

/** The file, or a value in it, is not what it should be. */
export class ImportError extends Error {}

/** A name that a remote may have, as near as can be. */
export const remoteNameOf = (name: string): string => {
  const text = name.replace(/[^A-Za-z0-9_.-]/g, "-").replace(/^[-.]+/, "")
  return text.length < 2 ? `${text}-remote`.replace(/^-/, "") : text
}
