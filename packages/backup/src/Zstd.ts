/**
 * zstd frames of whole buffers, synchronously, in any thread.
 *
 * `zlib.zstdCompressSync` makes a stream object and a compression context for
 * each call: 45 µs for 500 bytes, where the work takes 10. So one stream is kept
 * and its handle called directly, as `zlib` itself does inside. That handle is
 * not public: it is used only after it has shown, once for each thread, that it
 * gives frames that the public function reads back.
 */
import * as zlib from "node:zlib"

/** `auto` is a sound default; `off` stores data as it is (trees and indexes are still compressed). */
export type Compression = "auto" | "off" | "fastest" | "better" | "max"

const levels: Record<Compression, number> = { auto: 3, off: 3, fastest: 1, better: 7, max: 19 }

interface Handle {
  readonly writeSync: (
    flush: number,
    input: Uint8Array,
    inputOffset: number,
    inputLength: number,
    output: Uint8Array,
    outputOffset: number,
    outputLength: number
  ) => void
}

interface Stream {
  readonly _handle?: Handle
  /** Bytes of room left in the output, and of input not yet taken. */
  readonly _writeState?: Uint32Array
}

export interface Compressor {
  /** The frame, valid until the next call of the same compressor. */
  readonly compress: (plain: Uint8Array) => Uint8Array
}

/** The largest frame zstd may make of `size` bytes: ZSTD_compressBound. */
const bound = (size: number): number => size + (size >>> 8) + 1024

const parametersOf = (compression: Compression) => ({
  params: { [zlib.constants.ZSTD_c_compressionLevel]: levels[compression] }
})

const plainly = (compression: Compression): Compressor => {
  const options = parametersOf(compression)
  return { compress: (plain) => zlib.zstdCompressSync(plain, options) }
}

const reusing = (compression: Compression): Compressor | undefined => {
  const stream = zlib.createZstdCompress(parametersOf(compression)) as unknown as Stream
  const { _handle: handle, _writeState: state } = stream
  if (typeof handle?.writeSync !== "function" || !(state instanceof Uint32Array)) return undefined
  let output = Buffer.allocUnsafeSlow(bound(1024 * 1024))
  return {
    compress: (plain) => {
      if (bound(plain.length) > output.length) output = Buffer.allocUnsafeSlow(bound(plain.length))
      handle.writeSync(zlib.constants.ZSTD_e_end, plain, 0, plain.length, output, 0, output.length)
      if (state[1] !== 0) throw new Error("zstd left input behind")
      return output.subarray(0, output.length - state[0]!)
    }
  }
}

const isSound = (compressor: Compressor): boolean => {
  const samples = ["", "a", "ourclone ".repeat(10_000), "b"].map((text) => Buffer.from(text))
  try {
    return samples.every((sample) => zlib.zstdDecompressSync(compressor.compress(sample)).equals(sample))
  } catch {
    return false
  }
}

export const makeCompressor = (compression: Compression): Compressor => {
  const fast = reusing(compression)
  return fast !== undefined && isSound(fast) ? fast : plainly(compression)
}

/**
 * What is in a frame. `size` is what it must hold, or the most it may hold; a frame
 * that holds more, or that is not zstd, throws.
 */
export const decompress = (frame: Uint8Array, size: number): Buffer =>
  zlib.zstdDecompressSync(frame, { maxOutputLength: Math.max(1, size) })
