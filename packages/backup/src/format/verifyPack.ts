/** Whether a pack is, byte for byte, what its name, its header and the index say. */
import { hash } from "node:crypto"
import { type BlobTable, packedBlobs } from "./BlobTable.ts"
import type { Box } from "./Crypto.ts"
import type { OpenBlob } from "./openBlob.ts"
import { PackError, type PackedBlob, readHeader } from "./Pack.ts"

export interface PackVerdict {
  /** The bytes are not those that the name was made of. */
  readonly isOtherBytes: boolean
  /** What is wrong, as ends of sentences that begin with the pack's name. */
  readonly problems: ReadonlyArray<string>
}

const headerOf = (box: Box, pack: Uint8Array): ReadonlyArray<PackedBlob> | string => {
  try {
    return readHeader(box, pack, pack.length)
  } catch (error) {
    if (error instanceof PackError) return error.message
    throw error
  }
}

const isSame = (left: PackedBlob, right: PackedBlob): boolean =>
  left.id === right.id &&
  left.type === right.type &&
  left.offset === right.offset &&
  left.length === right.length &&
  left.uncompressedLength === right.uncompressedLength

/** Both in the order of offsets. */
const compare = (header: ReadonlyArray<PackedBlob>, indexed: ReadonlyArray<PackedBlob>): string | undefined => {
  if (header.length !== indexed.length) {
    return `its header lists ${header.length} blobs, the index ${indexed.length}`
  }
  const other = header.findIndex((blob, place) => !isSame(blob, indexed[place]!))
  if (other < 0) return undefined
  return `its header and the index do not agree about the blob ${header[other]!.id} at ${header[other]!.offset}`
}

/** `indexed` is what the index says about the pack, by offset; without it only the pack itself is looked at. */
export const verifyPack = (
  box: Box,
  openBlob: OpenBlob,
  id: string,
  pack: Uint8Array,
  indexed: BlobTable | undefined
): PackVerdict => {
  const problems: Array<string> = []
  const isOtherBytes = hash("sha256", pack) !== id
  if (isOtherBytes) problems.push("its SHA-256 is not its name")
  const known = indexed && [...packedBlobs(indexed)]
  const header = headerOf(box, pack)
  if (typeof header === "string") problems.push(header)
  else if (known !== undefined) {
    const difference = compare(header, known)
    if (difference !== undefined) problems.push(difference)
  }
  for (const blob of known ?? (typeof header === "string" ? [] : header)) {
    const sealed = pack.subarray(blob.offset, blob.offset + blob.length)
    const opened = sealed.length === blob.length ? openBlob(sealed, blob.id, blob.uncompressedLength) : "it is cut off"
    if (typeof opened === "string") problems.push(`the ${blob.type} blob ${blob.id} in it is damaged: ${opened}`)
  }
  return { isOtherBytes, problems }
}
