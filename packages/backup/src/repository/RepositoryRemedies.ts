import { makerOf, type NoValues } from "@ourclone/core/contract/Remedy"

/** What the repository says could be done, by code. */
export type RepositoryRemedies = {
  /** Check the repository, which says what is damaged. */
  readonly check: NoValues
  readonly repairIndex: NoValues
  /** Mend the index, then see whether that was all. */
  readonly repairIndexThenCheck: NoValues
  /** Mend the index; where that does not help, the snapshots. */
  readonly repairIndexThenSnapshots: NoValues
  /** Look into packs that no index names before snapshots lose what may be there. */
  readonly repairIndexBeforeSnapshots: NoValues
  readonly repairSnapshots: NoValues
  /** Take the lock of a process that has ended away. */
  readonly unlock: NoValues
  /** Take what is no lock any more away. */
  readonly unlockUnreadable: NoValues
  /** Take a lock away by force, if nothing uses the repository. */
  readonly unlockAll: NoValues
  /** Wait until the repository is free; take the lock away if its holder no longer runs. */
  readonly waitForLock: NoValues
  /** Name the key to open with. */
  readonly nameKey: NoValues
  readonly listKeys: NoValues
  readonly listSnapshots: NoValues
  /** See what is in snapshots; in one of them if its id is not "". */
  readonly listFiles: { readonly snapshot: string }
  /** Remove a snapshot that is lost, and try again. */
  readonly forgetLost: { readonly snapshot: string }
  /** Keep something, or say what may go entirely. */
  readonly allowRemovingAll: NoValues
  readonly makeRepository: NoValues
  readonly makeOtherRepository: NoValues
  /** Restore one file of a snapshot by including its path. */
  readonly includePath: { readonly path: string }
  /** Allow to delete what is in the way of the restore. */
  readonly deleteInTheWay: NoValues
  readonly nameStandardInput: NoValues
  /** Go on with the making of a repository that was cut off. */
  readonly finishMaking: NoValues
}

export const remedy = makerOf<RepositoryRemedies>()
