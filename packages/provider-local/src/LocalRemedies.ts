import { makerOf, type NoValues } from "@ourclone/core/contract/Remedy"

/** What the file system as a provider says could be done, by code. */
export type LocalRemedies = {
  /** Follow symbolic links, or store them as what they are. */
  readonly followOrStoreLinks: NoValues
  /** Follow symbolic links. */
  readonly followLinks: NoValues
}

export const remedy = makerOf<LocalRemedies>()
