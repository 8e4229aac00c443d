/** What two sides are compared by: all that a filter may choose from, in order. */
import type { Stream } from "effect/Stream"
import type { Entry } from "../contract/Entry.ts"
import type { Provider } from "../contract/Provider.ts"
import { root } from "../contract/RemotePath.ts"
import type { StorageError } from "../contract/StorageError.ts"
import type { Filter } from "../filter/Filter.ts"
import { datedListing } from "./FileTime.ts"
import { inOrder } from "./SortedListing.ts"

/** Folders that `filter` wants nothing of are not read, and every file has its time where the filter asks for it. Files are not chosen yet. */
export const chosenListing = (provider: Provider, filter: Filter | undefined): Stream<Entry, StorageError> => {
  const entries = inOrder(provider, root, filter === undefined ? {} : { mayContain: filter.mayContain })
  return filter?.asksForTime === true ? datedListing(provider, entries) : entries
}
