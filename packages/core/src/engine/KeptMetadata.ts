/** What a destination keeps beside a file, and whether it has it already. */
import type { Capabilities } from "../contract/Capabilities.ts"
import type { File } from "../contract/Entry.ts"
import * as ExtendedAttributes from "../contract/ExtendedAttributes.ts"
import { ofMetadata, usualMode } from "../contract/PosixMetadata.ts"

/** What is stored with `file`, and what of it has no room there. */
export const fitted = ({ metadata, path }: File, { metadataRefusal }: Capabilities): ExtendedAttributes.Fitted =>
  metadataRefusal === undefined
    ? { metadata, leftOut: [], because: "" }
    : ExtendedAttributes.fitted(metadata, (some) => metadataRefusal(some, path))

const permissions = 0o777

export type MetadataDifference = "kind" | "mode differs" | "owner differs" | "attributes differ"

/** What `stored` has otherwise than `source` says; what that does not say counts for nothing. */
export const difference = (source: File, stored: File, comparesOwners: boolean): MetadataDifference | undefined => {
  if (source.metadata === undefined && stored.metadata === undefined) return undefined
  const [left, right] = [ofMetadata(source.metadata), ofMetadata(stored.metadata)]
  const isLink = left?.isLink ?? false
  if (isLink !== (right?.isLink ?? false)) return "kind"
  // The mode of a link says nothing.
  const hasSameMode = isLink || (((left?.mode ?? usualMode) ^ (right?.mode ?? usualMode)) & permissions) === 0
  if (!hasSameMode) return "mode differs"
  const { gid, uid } = left ?? {}
  const isOther = (uid !== undefined && uid !== right?.uid) || (gid !== undefined && gid !== right?.gid)
  if (comparesOwners && isOther) return "owner differs"
  const wanted = ExtendedAttributes.ofMetadata(source.metadata)
  // A storage that knows no owner was told nothing of attributes either.
  const isPart = wanted.isPart || uid === undefined
  const there = ExtendedAttributes.ofMetadata(stored.metadata)
  return ExtendedAttributes.holds(there, { ...wanted, isPart }) ? undefined : "attributes differ"
}
