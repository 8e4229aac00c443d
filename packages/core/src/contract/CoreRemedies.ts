import { makerOf, type NoValues } from "./Remedy.ts"

/** What core says could be done, by code. */
export type CoreRemedies = {
  /** The source is meant to be empty. */
  readonly allowEmptySource: NoValues
  /** So many removals are meant. */
  readonly allowRemovals: { readonly removals: string }
  /** Configure a remote of that name; `path` is what was typed where a file of this folder may be meant. */
  readonly addRemote: { readonly name: string; readonly path: string }
  /** Configure a remote of the type, which keeps what was not given. */
  readonly addRemoteOfType: { readonly type: string }
  /** Remove the remote that has the name. */
  readonly removeRemote: { readonly name: string }
  /** Give the option another value. */
  readonly changeOption: { readonly option: string }
  readonly giveOption: { readonly option: string }
  /** Follow symbolic links, or store them as what they are. */
  readonly followOrStoreLinks: NoValues
  /** Follow symbolic links. */
  readonly followLinks: NoValues
}

export const remedy = makerOf<CoreRemedies>()
