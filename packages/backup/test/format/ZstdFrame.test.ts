import { randomBytes } from "node:crypto"
import * as zlib from "node:zlib"
import { describe, expect, it } from "@effect/vitest"
import { contentSize, frameLength } from "../../src/format/ZstdFrame.ts"

const { ZSTD_c_checksumFlag, ZSTD_c_contentSizeFlag, ZSTD_c_compressionLevel } = zlib.constants
const settings = [
  {},
  { [ZSTD_c_checksumFlag]: 1 },
  { [ZSTD_c_contentSizeFlag]: 0 },
  { [ZSTD_c_contentSizeFlag]: 0, [ZSTD_c_checksumFlag]: 1 },
  { [ZSTD_c_compressionLevel]: 19 }
]
const plains = [
  Buffer.alloc(0),
  Buffer.from("x"),
  randomBytes(300),
  Buffer.alloc(500_000),
  randomBytes(400_000),
  Buffer.from("line of text\n".repeat(90_000))
]
const frames = settings.flatMap((params) => plains.map((plain) => zlib.zstdCompressSync(plain, { params })))

describe("frameLength", () => {
  it("is that of the whole frame, whatever its settings and whatever follows", () => {
    for (const frame of frames) {
      expect(frameLength(frame)).toBe(frame.length)
      expect(frameLength(Buffer.concat([frame, Buffer.from("more")]))).toBe(frame.length)
    }
    // Made by restic: no content size, no checksum, one raw block.
    expect(frameLength(Buffer.from("28b52ffd00002900006c6561660a", "hex"))).toBe(14)
  })
  it("is none for a frame that is cut off anywhere, or for other bytes", () => {
    for (const frame of frames) {
      for (const length of [0, 4, 5, 8, frame.length >> 1, frame.length - 1]) {
        expect(frameLength(frame.subarray(0, Math.min(length, frame.length - 1)))).toBe(-1)
      }
    }
    expect(frameLength(Buffer.from('{"nodes":[]}'))).toBe(-1)
  })
})

describe("contentSize", () => {
  it("is what was compressed, where the frame says so", () => {
    for (const params of settings) {
      for (const plain of plains) {
        const said = contentSize(zlib.zstdCompressSync(plain, { params }))
        expect(said).toBe(params[ZSTD_c_contentSizeFlag] === 0 ? undefined : plain.length)
      }
    }
  })
  it("is unknown for other bytes and for a header that is cut off", () => {
    expect(contentSize(Buffer.from('{"nodes":[]}'))).toBeUndefined()
    expect(contentSize(frames[3]!.subarray(0, 8))).toBeUndefined()
  })
  it("may be a number of 8 bytes", () => {
    const header = (size: string) => Buffer.from(`28b52ffde0${size}`, "hex")
    expect(contentSize(header("0000000001000000"))).toBe(2 ** 32)
    expect(contentSize(header("ffffffffffffffff"))).toBeUndefined()
  })
})
