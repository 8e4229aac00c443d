/** A part of the paths of a storage, by their order, so that several can work on one storage and not meet. */
import * as Stream from "effect/Stream"
import { type Entry, orderKey } from "../contract/Entry.ts"
import type { Provider } from "../contract/Provider.ts"
import { compare, type RemotePath } from "../contract/RemotePath.ts"
import * as Spelling from "../contract/Spelling.ts"

/** Paths that come after `after`, up to and with `upTo`, in the order of `RemotePath.compare`; after "" come all. */
export interface KeyRange {
  readonly after: RemotePath
  readonly upTo: RemotePath
}

/** Whether a path stands among paths where its name stands among names. No range holds another one. */
export const isOrderly = (path: string): boolean => Spelling.segments.toName(path) === path

/** `provider` with a listing of the files of `range` alone, which reads little else where the service lists in order. */
export const within = (provider: Provider, { after, upTo }: KeyRange): Provider => {
  // What is skipped may stand where its content would.
  const isNear = (entry: Entry) => entry._tag === "Skipped" || compare(orderKey(entry), upTo) <= 0
  const isInside = ({ _tag, path }: Entry) =>
    _tag === "File" && compare(path, after) > 0 && compare(path, upTo) <= 0 && isOrderly(path)
  return {
    ...provider,
    list: (directory, options) => {
      const listed = provider.list(directory, { ...options, after: after === "" ? undefined : after })
      return Stream.filter(provider.capabilities.listsInOrder ? Stream.takeWhile(listed, isNear) : listed, isInside)
    }
  }
}
