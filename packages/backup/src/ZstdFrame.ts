/** How long a zstd frame is, from the headers of its blocks; nothing is decompressed. */

const magic = 0xfd2f_b528
const contentSizes = [0, 2, 4, 8]
const dictionarySizes = [0, 1, 2, 4]

/** Bytes of the frame that `bytes` begin with; -1 when they do not begin with one, or not with all of it. */
export const frameLength = (bytes: Uint8Array): number => {
  if (bytes.length < 9) return -1
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (view.getUint32(0, true) !== magic) return -1
  const descriptor = bytes[4]!
  const isSingleSegment = (descriptor & 0x20) !== 0
  const contentSize = contentSizes[descriptor >>> 6]! || (isSingleSegment ? 1 : 0)
  let at = 5 + (isSingleSegment ? 0 : 1) + dictionarySizes[descriptor & 3]! + contentSize
  for (;;) {
    if (at + 3 > bytes.length) return -1
    const header = bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16)
    // A block of the type 1 is one byte, repeated.
    at += 3 + (((header >>> 1) & 3) === 1 ? 1 : header >>> 3)
    if ((header & 1) === 1) break
  }
  const end = at + ((descriptor & 4) === 0 ? 0 : 4)
  return end <= bytes.length ? end : -1
}
