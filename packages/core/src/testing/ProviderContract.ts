/**
 * What every provider must do, as a list of checks.
 *
 * Each provider package runs the list in its tests; `ourclone remote test` runs
 * the same list against a user's own bucket. `MemoryProvider` has every optional
 * part but versions, buckets and free space, so every check runs somewhere.
 */
import type { Check } from "./Check.ts"
import { directoryChecks } from "./DirectoryChecks.ts"
import { fileChecks } from "./FileChecks.ts"
import { largeFileChecks } from "./LargeFileChecks.ts"
import { listingChecks } from "./ListingChecks.ts"

export type { Check } from "./Check.ts"

export const checks: ReadonlyArray<Check> = [...fileChecks, ...listingChecks, ...directoryChecks, ...largeFileChecks]
