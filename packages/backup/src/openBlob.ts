/** Opens a blob and proves that it is the one asked for. */
import { hash } from "node:crypto"
import { type Box, overhead, release } from "./Crypto.ts"
import { decompress as decompressAnew } from "./Zstd.ts"

/** What is wrong with a stored blob; names neither pack nor blob. */
export type BlobProblem =
  | "its seal is broken"
  | "it can not be decompressed"
  | "its size is not that in the index"
  | "its SHA-256 is not its id"

/**
 * The plain blob, or what is wrong. `uncompressedLength` is 0 where the blob is stored as it is.
 * `decompress` may give bytes that are valid until its next call; then so are those of the result.
 */
export const openBlob = (
  box: Box,
  sealed: Uint8Array,
  id: string,
  uncompressedLength: number,
  decompress: (frame: Uint8Array, size: number) => Buffer = decompressAnew
): Buffer | BlobProblem => {
  if (sealed.length < overhead) return "its size is not that in the index"
  const opened = box.open(sealed)
  if (opened === undefined) return "its seal is broken"
  let plain = opened
  if (uncompressedLength !== 0) {
    try {
      plain = decompress(opened, uncompressedLength)
    } catch {
      return "it can not be decompressed"
    }
    release(opened)
    if (plain.length !== uncompressedLength) return "its size is not that in the index"
  }
  return hash("sha256", plain) === id ? plain : "its SHA-256 is not its id"
}
