/** Facts about a provider that its methods cannot show. */
import type { ChecksumAlgorithm } from "./Entry.ts"

/**
 * What planning may rely on.
 *
 * Whether an optional operation exists is not listed here: it exists exactly
 * when the provider has the method (`provider.copy !== undefined`), so the two
 * can never disagree.
 */
export interface Capabilities {
  /** Digests a listing reports for files, where they are known, best first. Empty when a digest means reading the file. */
  readonly checksums: ReadonlyArray<ChecksumAlgorithm>
  /** How exactly `put` keeps `modifiedAt`, in milliseconds; `undefined` when it does not keep it. */
  readonly modifiedAtPrecision: number | undefined
  /** Whether `list` yields entries in the order of `Entry.orderKey`, so that two listings can be merged without holding either. */
  readonly listsInOrder: boolean
  /** Whether `A.txt` and `a.txt` are two files. */
  readonly isCaseSensitive: boolean
  /** Whether replacing or removing a file keeps the old version (and its cost) behind it. */
  readonly keepsVersions: boolean
  /** Largest body `put` takes, in bytes. Larger files need `largeFile`. */
  readonly maxPutSize: number
}
