import { randomBytes } from "node:crypto"
import * as zlib from "node:zlib"
import { describe, expect, it } from "vitest"
import { type Compression, decompress, makeCompressor, makeDecompressor } from "../../src/format/Zstd.ts"

const samples = [
  Buffer.alloc(0),
  Buffer.from("a"),
  Buffer.from("snapshot ".repeat(20)),
  randomBytes(20_000),
  Buffer.alloc(3_000_000, "all work and no play "),
  randomBytes(2_500_000)
]

describe("a compressor", () => {
  for (const compression of ["auto", "off", "fastest", "better", "max"] satisfies ReadonlyArray<Compression>) {
    it(`makes frames of every size that are read back: ${compression}`, () => {
      const compressor = makeCompressor(compression)
      for (const sample of samples) {
        const frame = Buffer.from(compressor.compress(sample))
        expect(zlib.zstdDecompressSync(frame).equals(sample), `${sample.length} bytes`).toBe(true)
        expect(decompress(frame, sample.length).equals(sample)).toBe(true)
      }
    })
  }

  it("makes each frame as if it were the first", () => {
    const compressor = makeCompressor("auto")
    const first = Buffer.from(compressor.compress(samples[2]!))
    compressor.compress(samples[4]!)
    expect(Buffer.from(compressor.compress(samples[2]!))).toEqual(first)
  })

  it("compresses more the more it is told to", () => {
    const text = Buffer.from(Array.from({ length: 20_000 }, (_, index) => `line ${index * 7919} of a text\n`).join(""))
    const sizeOf = (compression: Compression) => makeCompressor(compression).compress(text).length
    expect(sizeOf("max")).toBeLessThan(sizeOf("auto"))
    expect(sizeOf("auto")).toBeLessThan(text.length / 2)
  })
})

describe("a frame", () => {
  it("that restic made without saying how large its content is, is read", () => {
    // No content size, and the smallest window: one raw block of two bytes.
    const small = Buffer.concat([Buffer.from("28b52ffd0000", "hex"), Buffer.from([0x11, 0, 0]), Buffer.from("{}")])
    expect(decompress(small, 2).toString()).toBe("{}")
  })

  it("that holds more than it should is refused before it fills the memory", () => {
    const bomb = zlib.zstdCompressSync(Buffer.alloc(50_000_000))
    expect(() => decompress(bomb, 1000)).toThrow()
    expect(decompress(zlib.zstdCompressSync(Buffer.alloc(1000)), 1000)).toHaveLength(1000)
  })

  it("that is none, or is cut, is refused", () => {
    const frame = zlib.zstdCompressSync(Buffer.from("some content ".repeat(100)))
    expect(() => decompress(Buffer.from("nonsense"), 100)).toThrow()
    expect(() => decompress(frame.subarray(0, -1), 10_000)).toThrow()
  })
})

describe("a decompressor", () => {
  it("reads frame after frame, of any size", () => {
    const { decompress: read } = makeDecompressor()
    for (const sample of [...samples, ...samples.toReversed()]) {
      expect(read(zlib.zstdCompressSync(sample), sample.length).equals(sample), `${sample.length} bytes`).toBe(true)
    }
  })

  it("refuses a frame that holds more or less than was said, and reads the next one", () => {
    const { decompress: read } = makeDecompressor()
    const sample = samples[2]!
    const frame = zlib.zstdCompressSync(sample)
    for (const size of [sample.length - 1, sample.length + 1, 0]) expect(() => read(frame, size)).toThrow()
    expect(read(frame, sample.length).equals(sample)).toBe(true)
  })

  it("refuses what is damaged wherever a byte is turned, or gives the right bytes, and reads the next one", () => {
    const { decompress: read } = makeDecompressor()
    const sample = Buffer.from("some content that repeats, some content that repeats ".repeat(50))
    const frame = zlib.zstdCompressSync(sample)
    const compressor = makeCompressor("auto")
    for (let index = 0; index < frame.length; index++) {
      const damaged = Buffer.from(frame)
      damaged[index] = damaged[index]! ^ 0x41
      try {
        expect(read(damaged, sample.length)).toHaveLength(sample.length)
      } catch (error) {
        expect(error).toBeInstanceOf(Error)
      }
      expect(read(compressor.compress(sample), sample.length).equals(sample), `after byte ${index}`).toBe(true)
    }
  })
})
