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

export interface Kept {
  readonly metadata: File["metadata"]
  /** In words, what of it has no room there, and why. */
  readonly lack: string | undefined
}

export const kept = (file: File, destination: Capabilities): Kept => {
  const { because, leftOut, metadata } = fitted(file, destination)
  if (leftOut.length === 0) return { metadata, lack: undefined }
  const attributes = `extended ${leftOut.length === 1 ? "attribute" : "attributes"} ${leftOut.join(", ")}`
  return { metadata, lack: `${attributes}: ${because}` }
}

const permissions = 0o777

export type MetadataDifference = "kind" | "mode differs" | "owner differs" | "attributes differ"

/** What `stored` has otherwise than it is to have of `source`; what that does not say counts for nothing. */
export const difference = (source: File, stored: File, destination: Capabilities): MetadataDifference | undefined => {
  if (source.metadata === undefined && stored.metadata === undefined) return undefined
  const [left, right] = [ofMetadata(source.metadata), ofMetadata(stored.metadata)]
  const isLink = left?.isLink ?? false
  if (isLink !== (right?.isLink ?? false)) return "kind"
  // The mode of a link says nothing.
  const hasSameMode = isLink || (((left?.mode ?? usualMode) ^ (right?.mode ?? usualMode)) & permissions) === 0
  if (!hasSameMode) return "mode differs"
  const { gid, uid } = left ?? {}
  const isOther = (uid !== undefined && uid !== right?.uid) || (gid !== undefined && gid !== right?.gid)
  if (destination.setsOwners !== false && isOther) return "owner differs"
  return haveSameAttributes(source, stored, destination, uid !== undefined) ? undefined : "attributes differ"
}

/** A storage that knows no owner was told nothing of attributes either. */
const haveSameAttributes = (source: File, stored: File, destination: Capabilities, hasOwner: boolean): boolean => {
  const wanted = ExtendedAttributes.ofMetadata(fitted(source, destination).metadata)
  const there = ExtendedAttributes.ofMetadata(stored.metadata)
  const saysAll = hasOwner && !ExtendedAttributes.ofMetadata(source.metadata).isPart
  if (!ExtendedAttributes.holds(there.attributes, wanted.attributes, saysAll)) return false
  // Whether there are more is noted where there may be no room for them.
  return !saysAll || destination.metadataRefusal === undefined || there.isPart === wanted.isPart
}
