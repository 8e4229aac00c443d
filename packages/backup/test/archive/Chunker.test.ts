import { createCipheriv, createHash } from "node:crypto"
import { describe, expect, it } from "@effect/vitest"
import { type Chunker, makeChunker, makeTables, maximumSize, minimumSize } from "../../src/archive/Chunker.ts"

const first = 0x3da3358b4dc173n
const second = 0x2482734cacca49n
const third = 0x2d75606ba84ab3n

const keyStream = (size: number): Buffer =>
  createCipheriv("aes-256-ctr", Buffer.alloc(32), Buffer.alloc(16)).update(Buffer.alloc(size))

const dataA = keyStream(16 * 1024 * 1024)

const lengths = (chunker: Chunker, data: Uint8Array): Array<number> => {
  const found = []
  for (let start = 0; start < data.length; start += found.at(-1)!) {
    found.push(chunker.nextCut(data, start, data.length - start) || data.length - start)
  }
  return found
}

/** Low entropy, and searched for so that it is cut at many places. */
const bigPrng = (): Buffer => {
  let state = 683
  const next = (): number => {
    state = (state ^ (state << 13)) >>> 0
    state = (state ^ (state >>> 17)) >>> 0
    state = (state ^ (state << 5)) >>> 0
    return state
  }
  const blocks = Array.from({ length: 8 }, () => Buffer.from(Array.from({ length: 512 }, () => next() & 255)))
  const pieces = Array.from({ length: 10_000 }, () => blocks[next() >>> 29]!)
  return Buffer.concat([...pieces, Buffer.from("end\n")])
}

describe("Chunker", () => {
  it.each([
    [first, "b237073434db0b938655d775a80fdd65d0cd3db6d6314d1b4ab104271c35a46a"],
    [second, "04c510defa697592fd53a96446cf04b08b58cee0fe68f6118c47361491a72b57"],
    [third, "2f14f5363077ce5a88a39f0d757fa71204abd93452ec133c59026338d5817e19"]
  ])("has restic's tables for %s", (polynomial, digest) => {
    const { out, reduce } = makeTables(polynomial)
    const bytes = [out, reduce].map((table) => new Uint8Array(table.buffer))
    expect(createHash("sha256").update(Buffer.concat(bytes)).digest("hex")).toBe(digest)
  })
  it.each([
    [first, "551133 640712 2766582 898583 2782732 2263350 531615 1191198 3039727 2111584"],
    [second, "534212 3032318 1015314 1130944 859794 4078225 600457 1615500 1163350 1075704 1122741 548657"],
    [third, "1642035 1257829 1176671 1712814 824844 1827621 921908 696513 905462 3095955 2475613 239951"]
  ])("cuts random bytes where restic does with %s", (polynomial, expected) => {
    expect(lengths(makeChunker(polynomial), dataA).join(" ")).toBe(expected)
  })
  it("the first chunk of random bytes has restic's id", () => {
    const length = makeChunker(first).nextCut(dataA, 0, dataA.length)
    expect(createHash("sha256").update(dataA.subarray(0, length)).digest("hex")).toBe(
      "3ce030d97b29f48d1976586188dbcda336f6a3cbefa0688044e6cb9e1dbd5b58"
    )
  })
  it("cuts at exactly the minimum where the fingerprint says so", () => {
    expect(lengths(makeChunker(first), bigPrng()).join(" ")).toBe(
      "542751 539648 531968 524288 594944 527360 531968 542720 536576 247781"
    )
  })
  it("bytes added to the end change the last chunk only", () => {
    const grown = Buffer.concat([bigPrng(), Buffer.from("more")])
    expect(lengths(makeChunker(first), grown).at(-1)).toBe(247_785)
    expect(lengths(makeChunker(first), grown).slice(0, -1)).toEqual(lengths(makeChunker(first), bigPrng()).slice(0, -1))
  })
  it("cuts zeros at the minimum, and a file that ends there has no rest", () => {
    expect(lengths(makeChunker(first), Buffer.alloc(4 * minimumSize))).toEqual(Array(4).fill(minimumSize))
  })
  it("cuts at 8 MiB where no cut comes before", () => {
    // 64 equal bytes of this value have a fingerprint that is not one of a cut.
    const data = Buffer.alloc(2 * maximumSize + 5, 255)
    expect(lengths(makeChunker(first), data)).toEqual([maximumSize, maximumSize, 5])
  })
  it("asks for more while it has seen no cut", () => {
    const chunker = makeChunker(first)
    expect(chunker.nextCut(dataA, 0, 100)).toBe(0)
    expect(chunker.nextCut(dataA, 0, 551_132)).toBe(0)
    expect(chunker.nextCut(dataA, 0, 551_133)).toBe(551_133)
  })
  it("finds the same cuts however the bytes arrive", () => {
    const chunker = makeChunker(second)
    const whole = lengths(chunker, dataA)
    let state = 7
    const random = (below: number): number => {
      state = Math.imul(state, 1_103_515_245) + 12_345
      return (state >>> 8) % below
    }
    for (let round = 0; round < 20; round++) {
      const found: Array<number> = []
      let start = 0
      while (start < dataA.length) {
        let scanned = 0
        let cut = 0
        let length = 0
        while (cut === 0 && start + length < dataA.length) {
          length = Math.min(dataA.length - start, length + 1 + random([300, 70_000, 4_000_000][round % 3]!))
          cut = chunker.nextCut(dataA, start, length, scanned)
          scanned = length
        }
        found.push(cut || length)
        start += found.at(-1)!
      }
      expect(found).toEqual(whole)
    }
  })
  it("two chunkers do not disturb each other", () => {
    const [one, other] = [makeChunker(first), makeChunker(third)]
    expect(one.nextCut(dataA, 0, dataA.length)).toBe(551_133)
    expect(other.nextCut(dataA, 0, dataA.length)).toBe(1_642_035)
    expect(one.nextCut(dataA, 551_133, dataA.length - 551_133)).toBe(640_712)
  })
})
