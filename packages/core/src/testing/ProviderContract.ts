/**
 * What every provider must do, as a list of checks.
 *
 * Each provider package runs the list in its tests; `ourclone remote test` runs
 * the same list against a user's own bucket. `MemoryProvider` has every optional
 * part but buckets and free space, and versions where it is asked to keep them. A check that does not apply says why, and counts as not tried.
 */
import type { Check } from "./Check.ts"
import { directoryChecks } from "./DirectoryChecks.ts"
import { fileChecks } from "./FileChecks.ts"
import { keptChecks } from "./KeptChecks.ts"
import { largeFileChecks } from "./LargeFileChecks.ts"
import { listingChecks } from "./ListingChecks.ts"
import { moveChecks } from "./MoveChecks.ts"
import { nameChecks } from "./NameChecks.ts"
import { partChecks } from "./PartChecks.ts"
import { placeChecks } from "./PlaceChecks.ts"
import { troubleChecks } from "./TroubleChecks.ts"
import { versionChecks } from "./VersionChecks.ts"

export { type Check, runOrSkip } from "./Check.ts"

export const checks: ReadonlyArray<Check> = [
  ...fileChecks,
  ...keptChecks,
  ...moveChecks,
  ...nameChecks,
  ...troubleChecks,
  ...listingChecks,
  ...directoryChecks,
  ...largeFileChecks,
  ...partChecks,
  ...placeChecks,
  ...versionChecks
]
