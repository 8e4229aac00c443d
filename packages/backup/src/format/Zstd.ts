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
import { contentSize, frameLength } from "./ZstdFrame.ts"

/** `auto` is a sound default; `off` stores data as it is (trees and indexes are still compressed). */
export type Compression = "auto" | "off" | "fastest" | "better" | "max"

const levels: Record<Compression, number> = { auto: 2, off: 2, fastest: 1, better: 7, max: 19 }

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

/** Writes what is in `frame` to `target` and gives its size; -1 when that is not certain to be all and right. */
type Attempt = (frame: Uint8Array, target: Uint8Array) => number

const reusingDecompression = (): Attempt | undefined => {
  const start = () => {
    const stream = zlib.createZstdDecompress()
    stream.on("error", () => undefined)
    return stream
  }
  let stream = start()
  const usable = (): boolean => {
    const { _handle: handle, _writeState: state } = stream as unknown as Stream
    return typeof handle?.writeSync === "function" && state instanceof Uint32Array
  }
  if (!usable()) return undefined
  return (frame, target) => {
    // Only a whole frame leaves the handle ready for the next one.
    if (frameLength(frame) !== frame.length) return -1
    if (stream.destroyed) stream = start()
    const { _handle: handle, _writeState: state } = stream as unknown as Required<Stream>
    handle.writeSync(zlib.constants.ZSTD_e_continue, frame, 0, frame.length, target, 0, target.length)
    // An error has destroyed the stream; without a byte of room left there may be more to come.
    if (!stream.destroyed && state[0] !== 0 && state[1] === 0) return target.length - state[0]!
    stream.destroy()
    return -1
  }
}

const isSoundDecompression = (attempt: Attempt): boolean => {
  const target = Buffer.alloc(100_000)
  const samples = ["a", "ourclone ".repeat(10_000), "", "b"].map((text) => Buffer.from(text))
  try {
    return samples.every((sample) => {
      const frame = zlib.zstdCompressSync(sample)
      return (
        attempt(frame.subarray(0, frame.length - 1), target) === -1 &&
        attempt(frame, target.subarray(0, sample.length)) === -1 &&
        attempt(frame, target) === sample.length &&
        target.subarray(0, sample.length).equals(sample)
      )
    })
  } catch {
    return false
  }
}

const makeAttempt = (): Attempt => {
  const fast = reusingDecompression()
  return fast !== undefined && isSoundDecompression(fast) ? fast : () => -1
}

const plainlyDecompressed = (frame: Uint8Array, size: number): Buffer =>
  zlib.zstdDecompressSync(frame, { maxOutputLength: Math.max(1, size) })

let shared: Attempt | undefined

/** Chunks of files are 8 MiB at most, and folders of a hundred thousand entries 40 MiB. */
const freelyHeld = 64 * 1024 * 1024
/** What is larger is a list: each entry has a name, an id or a time of its own, and shrinks to a fiftieth at best. */
const mostShrinking = 256

/** The most bytes that a frame of `length` bytes is opened into: hostile ones hold thousands of times their own size. */
export const mostHeld = (length: number): number => Math.max(freelyHeld, length * mostShrinking)

/** Room for more than this is not made before it is seen that there is so much in the frame. */
const mostAtOnce = freelyHeld

/**
 * What is in a frame. `size` is what it must hold, or the most it may hold; a frame
 * that holds more, or that is not zstd, throws.
 */
export const decompress = (frame: Uint8Array, size: number): Buffer => {
  const room = Math.min(size, contentSize(frame) ?? size)
  if (room > mostAtOnce) return plainlyDecompressed(frame, size)
  shared ??= makeAttempt()
  const target = Buffer.allocUnsafeSlow(room + 1)
  const written = shared(frame, target)
  return written < 0 ? plainlyDecompressed(frame, size) : target.subarray(0, written)
}

export interface Decompressor {
  /**
   * What is in a frame that holds `size` bytes; valid until the next call of the same decompressor.
   * A frame that holds more or less, or that is not zstd, throws.
   */
  readonly decompress: (frame: Uint8Array, size: number) => Buffer
}

export const makeDecompressor = (): Decompressor => {
  shared ??= makeAttempt()
  const attempt = shared
  let target = Buffer.allocUnsafeSlow(1024 * 1024)

  const decompressAny = (frame: Uint8Array, size: number): Buffer => {
    if (size > mostAtOnce) return plainlyDecompressed(frame, size)
    if (size >= target.length) target = Buffer.allocUnsafeSlow(size + 1)
    const written = attempt(frame, target.subarray(0, size + 1))
    return written < 0 ? plainlyDecompressed(frame, size) : target.subarray(0, written)
  }

  return {
    decompress: (frame, size) => {
      const plain = decompressAny(frame, size)
      if (plain.length !== size) throw new Error(`the frame holds ${plain.length} bytes and not ${size}`)
      return plain
    }
  }
}
