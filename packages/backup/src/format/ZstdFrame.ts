/** What the headers of a zstd frame say (RFC 8878, 3.1.1); nothing is decompressed. */

const magic = 0xfd2f_b528
const contentSizes = [0, 2, 4, 8]
const dictionarySizes = [0, 1, 2, 4]

interface FrameHeader {
  /** Bytes that the frame says are in it; `undefined` when it does not say, or says more than 2^53. */
  readonly contentSize: number | undefined
  /** Where the first block begins. */
  readonly end: number
  readonly hasChecksum: boolean
}

const readHeader = (bytes: Uint8Array): FrameHeader | undefined => {
  if (bytes.length < 9) return undefined
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (view.getUint32(0, true) !== magic) return undefined
  const descriptor = bytes[4]!
  const isSingleSegment = (descriptor & 0x20) !== 0
  const size = contentSizes[descriptor >>> 6]! || (isSingleSegment ? 1 : 0)
  const at = 5 + (isSingleSegment ? 0 : 1) + dictionarySizes[descriptor & 3]!
  const end = at + size
  if (end > bytes.length) return undefined
  return { contentSize: readSize(view, at, size), end, hasChecksum: (descriptor & 4) !== 0 }
}

const readSize = (view: DataView, at: number, size: number): number | undefined => {
  if (size === 1) return view.getUint8(at)
  if (size === 2) return view.getUint16(at, true) + 256
  if (size === 4) return view.getUint32(at, true)
  if (size === 0) return undefined
  const large = view.getBigUint64(at, true)
  return large <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(large) : undefined
}

/** Bytes that the frame `bytes` begin with says are in it; `undefined` when it does not say. */
export const contentSize = (bytes: Uint8Array): number | undefined => readHeader(bytes)?.contentSize

/** Bytes of the frame that `bytes` begin with; -1 when they do not begin with one, or not with all of it. */
export const frameLength = (bytes: Uint8Array): number => {
  const frame = readHeader(bytes)
  if (frame === undefined) return -1
  for (let at = frame.end; ; ) {
    if (at + 3 > bytes.length) return -1
    const header = bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16)
    // A block of the type 1 is one byte, repeated.
    at += 3 + (((header >>> 1) & 3) === 1 ? 1 : header >>> 3)
    if ((header & 1) === 0) continue
    const end = at + (frame.hasChecksum ? 4 : 0)
    return end <= bytes.length ? end : -1
  }
}
