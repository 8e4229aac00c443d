/**
 * What is in the box of an index, a lock or a snapshot: JSON, or 0x02 and a zstd
 * frame of it. A repository of version 1 knows JSON only.
 */
import * as Zstd from "./Zstd.ts"

const compressedMark = 0x02
const brace = 0x7b
const bracket = 0x5b

/** No file of a repository is larger than this; a frame that says so is not followed. */
const mostBytes = 1024 ** 3

let compressor: Zstd.Compressor | undefined

export const encode = (json: Uint8Array, version: 1 | 2): Uint8Array => {
  if (version === 1) return json
  compressor ??= Zstd.makeCompressor("auto")
  const frame = compressor.compress(json)
  const encoded = Buffer.allocUnsafeSlow(frame.length + 1)
  encoded[0] = compressedMark
  encoded.set(frame, 1)
  return encoded
}

/** The JSON; `undefined` when there is none. */
export const decode = (encoded: Buffer, version: 1 | 2): Buffer | undefined => {
  const [first] = encoded
  if (first === brace || first === bracket) return encoded
  if (first !== compressedMark || version === 1) return undefined
  try {
    return Zstd.decompress(encoded.subarray(1), Math.min(mostBytes, Zstd.mostHeld(encoded.length)))
  } catch {
    return undefined
  }
}
