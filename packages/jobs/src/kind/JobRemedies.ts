import { makerOf } from "@ourclone/core/contract/Remedy"

/** What jobs say could be done, by code. */
export type JobRemedies = {
  /** Prune although no snapshot is there, and so remove everything. */
  readonly allowPruningAll: Record<never, never>
  /** Say the name of what is to be removed once more. */
  readonly repeatName: { readonly name: string }
  /** Remove for good what the bucket holds, and then the bucket. */
  readonly purgeBucket: Record<never, never>
  /** Mount or serve the place without changes, for which the key is enough. */
  readonly mountReadOnly: Record<never, never>
  /** Name the folder by a remote of this machine that follows symbolic links. */
  readonly followLinksByRemote: Record<never, never>
  /** Supply the secret of that name. */
  readonly giveSecret: { readonly secret: string }
  /** Take back what can be, though some of it can not. */
  readonly undoPartly: Record<never, never>
}

export const remedy = makerOf<JobRemedies>()
