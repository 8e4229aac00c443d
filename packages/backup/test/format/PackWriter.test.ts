import { createHash, hash, randomBytes } from "node:crypto"
import { describe, expect, it } from "@effect/vitest"
import { BlobTableBuilder, packedBlobs } from "../../src/format/BlobTable.ts"
import { type BlobTypeNumber, data, tree } from "../../src/format/BlobType.ts"
import { type Box, makeBox } from "../../src/format/Crypto.ts"
import { openBlob } from "../../src/format/openBlob.ts"
import { firstHeaderRead, readHeader } from "../../src/format/Pack.ts"
import {
  type FinishedPack,
  makePackWriter,
  type OpenPack,
  type PackWriterOptions
} from "../../src/format/PackWriter.ts"

const box = makeBox({ encrypt: randomBytes(32), macK: randomBytes(16), macR: randomBytes(16) })
const mebibyte = 1024 * 1024

const idOf = (plain: Uint8Array): Buffer => createHash("sha256").update(plain).digest()

const written = (more: Partial<PackWriterOptions> = {}) => {
  const packs: Array<FinishedPack> = []
  const writer = makePackWriter({
    box,
    compression: "auto",
    version: 2,
    targetSize: 4 * mebibyte,
    onPack: (pack) => packs.push(pack),
    ...more
  })
  const store = (type: BlobTypeNumber, plain: Uint8Array) => writer.store(type, idOf(plain), plain)
  return { packs, writer, store }
}

const text = (size: number, seed = 0): Buffer =>
  Buffer.from(Array.from({ length: Math.ceil(size / 4) }, (_, line) => `${seed} ${line}\n`).join("")).subarray(0, size)

/** Everything that is in a pack, read by its header. */
const contents = (pack: FinishedPack): Array<Buffer> => {
  const blobs = readHeader(box, pack.bytes, pack.bytes.length)
  expect(blobs).toEqual([...packedBlobs(pack.blobs)])
  return blobs.map((blob) => {
    const sealed = pack.bytes.subarray(blob.offset, blob.offset + blob.length)
    const plain = openBlob(box, sealed, blob.id, blob.uncompressedLength)
    if (typeof plain === "string") throw new Error(plain)
    return plain
  })
}

describe("PackWriter", () => {
  it("what was stored is in the packs, which are named by their SHA-256", () => {
    const { packs, store, writer } = written()
    const plains = Array.from({ length: 40 }, (_, seed) => text(1 + seed * 997, seed))
    for (const plain of plains) store(data, plain)
    store(tree, Buffer.from('{"nodes":[]}\n'))
    writer.finish()
    expect(packs.map((pack) => pack.type)).toEqual([data, tree])
    for (const pack of packs) expect(hash("sha256", pack.bytes)).toBe(pack.id)
    expect(new Set(contents(packs[0]!).map(String))).toEqual(new Set(plains.map(String)))
    expect(contents(packs[1]!).map(String)).toEqual(['{"nodes":[]}\n'])
  })
  it("packs are finished once they have their target size", () => {
    const { packs, store, writer } = written()
    for (let count = 0; count < 30; count++) store(data, randomBytes(mebibyte))
    for (const pack of packs) {
      expect(pack.bytes.length).toBeGreaterThanOrEqual(4 * mebibyte)
      expect(pack.bytes.length).toBeLessThan(5.1 * mebibyte)
    }
    expect(packs.length).toBeGreaterThanOrEqual(5)
    writer.finish()
    expect(packs.flatMap(contents)).toHaveLength(30)
    expect(writer.pending()).toBe(0)
  })
  it("a blob as large as a pack gets one of its own", () => {
    const { packs, store } = written()
    store(data, Buffer.from("small"))
    store(data, randomBytes(6 * mebibyte))
    expect(packs).toHaveLength(1)
    expect(contents(packs[0]!)).toHaveLength(1)
  })
  it("neighbours do not always land in the same pack", () => {
    const { store, writer } = written()
    for (let count = 0; count < 64; count++) store(data, text(100, count))
    expect(writer.takeOpen().map((pack) => pack.blobs.count > 0)).toEqual([true, true])
  })
  it("open packs of several threads become one", () => {
    const [one, other] = [written(), written()]
    for (let count = 0; count < 20; count++) (count % 2 ? one : other).store(data, text(1000, count))
    other.store(tree, Buffer.from("{}"))
    for (const pack of structuredClone(other.writer.takeOpen())) one.writer.adopt(pack)
    one.writer.finish()
    other.writer.finish()
    expect(other.packs).toEqual([])
    expect(one.packs.map((pack) => contents(pack).length)).toEqual([20, 1])
  })
  it("what does not shrink is stored as it is, but trees are always compressed", () => {
    const { store } = written()
    for (const size of [10, 5000, 300_000]) {
      expect(store(data, randomBytes(size)).uncompressedLength).toBe(0)
      expect(store(tree, randomBytes(size)).uncompressedLength).toBe(size)
      expect(store(data, text(size + 1000)).uncompressedLength).toBe(size + 1000)
    }
  })
  it("nothing is compressed in repositories of version 1, and no data with compression off", () => {
    const old = written({ version: 1 })
    const off = written({ compression: "off" })
    expect(old.store(data, text(5000))).toEqual({ length: 5032, uncompressedLength: 0 })
    expect(old.store(tree, text(5000)).uncompressedLength).toBe(0)
    expect(off.store(data, text(5000)).uncompressedLength).toBe(0)
    expect(off.store(tree, text(5000)).uncompressedLength).toBe(5000)
    old.writer.finish()
    expect(old.packs.map((pack) => contents(pack).map(String))).toEqual([
      [text(5000).toString()],
      [text(5000).toString()]
    ])
  })
  it("a blob that does not read back is refused", () => {
    const { writer } = written()
    const plain = text(5000)
    expect(() => writer.store(data, idOf(Buffer.from("another")), plain)).toThrow("memory")
    const faulty: Box = {
      ...box,
      sealInto: (bytes, target, offset) => {
        const length = box.sealInto(bytes, target, offset)
        target[offset + 20]! ^= 1
        return length
      }
    }
    expect(() => written({ box: faulty }).store(data, plain)).toThrow("does not read back")
    expect(written({ box: faulty, opensAgain: false }).store(data, plain).length).toBeGreaterThan(0)
  })
  it("a header that does not read back is refused", () => {
    let seals = 0
    const faulty: Box = {
      ...box,
      sealInto: (bytes, target, offset) => {
        const length = box.sealInto(bytes, target, offset)
        if (++seals === 2) target[offset + 20]! ^= 1
        return length
      }
    }
    const { packs, store, writer } = written({ box: faulty })
    store(data, text(5000))
    expect(() => writer.finish()).toThrow("does not read back")
    expect(packs).toEqual([])
  })
  it("no pack gets more blobs than its header can list, whoever filled it", () => {
    const count = 250_000
    const open = (): OpenPack => {
      const blobs = new BlobTableBuilder(count)
      const id = randomBytes(32)
      for (let number = 0; number < count; number++) {
        id.writeUInt32LE(number)
        blobs.add(data, id, 32 * number, 32, 1)
      }
      return { type: data, bytes: new Uint8Array(32 * count), blobs }
    }
    const { packs, writer } = written({ targetSize: 64 * mebibyte })
    writer.adopt(open())
    writer.adopt(open())
    writer.finish()
    expect(packs.map((pack) => pack.blobs.count)).toEqual([count, count])
    for (const { bytes } of packs) expect(readHeader(box, bytes, bytes.length)).toHaveLength(count)
  })
  it("uses buffers again that are given back", () => {
    const { packs, store, writer } = written({ openDataPacks: 1 })
    const blobs = Array.from({ length: 12 }, () => randomBytes(mebibyte))
    const buffers = new Set<ArrayBufferLike>()
    for (const blob of blobs) {
      store(data, blob)
      for (const pack of packs.splice(0)) {
        buffers.add(pack.bytes.buffer)
        expect(contents(pack)).toHaveLength(4)
        writer.recycle(pack.bytes.buffer)
      }
    }
    expect(buffers.size).toBe(1)
  })
  it("the header of 15 blobs is within the first read of a pack's end", () => {
    const { packs, store, writer } = written()
    for (let count = 0; count < 15; count++) store(data, text(100_000, count))
    writer.finish()
    const [pack] = packs
    const end = pack!.bytes.subarray(-firstHeaderRead)
    expect(readHeader(box, end, pack!.bytes.length)).toHaveLength(15)
  })
})
