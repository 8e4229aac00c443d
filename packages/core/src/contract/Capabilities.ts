/** Facts about a provider that its methods cannot show. */
import type { ChecksumAlgorithm, Metadata } from "./Entry.ts"
import type { RemotePath } from "./RemotePath.ts"

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
  /** The times that `put` keeps, in milliseconds since 1970 UTC; another becomes the nearest of them. Absent where it keeps, or refuses, any. */
  readonly timesKept?: { readonly earliest: number; readonly latest: number } | undefined
  /** Whether `stat` tells `nanoseconds` and `put` keeps them, as far as the storage has them. */
  readonly keepsNanoseconds: boolean
  /** Whether `list` yields entries in the order of `Entry.orderKey`, so that two listings can be merged without holding either. */
  readonly listsInOrder: boolean
  /** Whether `A.txt` and `a.txt` are two files; `undefined` where nobody knows, as when another machine's disk decides. */
  readonly isCaseSensitive: boolean | undefined
  /** Whether bytes come from a disk of this machine: a few calls at once keep it busy, and nothing is gained by keeping copies. */
  readonly isLocal: boolean
  /** Whether a directory is a thing of its own: `put` makes it, and it stays when its last file is removed. */
  readonly hasDirectories: boolean
  /** Whether replacing or removing a file keeps the old version (and its cost) behind it. */
  readonly keepsVersions: boolean
  /** Whether `remove` takes old versions away too; not when absent. */
  readonly removesForGood?: boolean
  /** Whether `PutOptions.metadata` comes back as `File.metadata`, from `stat` at least. */
  readonly keepsMetadata: boolean
  /** Why `put` would refuse metadata for a file at `path`; `undefined` of what it takes. Absent where it takes any. */
  readonly metadataRefusal?: ((metadata: Metadata, path: RemotePath) => string | undefined) | undefined
  /** Whether files get the owner that their metadata says, as only the system's administrator may give; yes when absent. */
  readonly setsOwners?: boolean
  /** Whether `PutOptions.contentHeaders` is kept, and comes with the bytes for whoever fetches the file by the web; not when absent. */
  readonly keepsContentHeaders?: boolean
  /** Largest body `put` takes, in bytes. Larger files need `largeFile`. */
  readonly maxPutSize: number
}

/** What nobody relies on: where a provider begins, which adds what its service does. */
export const least: Omit<Capabilities, "maxPutSize"> = {
  checksums: [],
  modifiedAtPrecision: undefined,
  keepsNanoseconds: false,
  listsInOrder: false,
  isCaseSensitive: undefined,
  isLocal: false,
  hasDirectories: false,
  keepsVersions: false,
  keepsMetadata: false
}
