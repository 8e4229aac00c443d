import { randomBytes } from "node:crypto"
import * as fs from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "@effect/vitest"
import { makeBox } from "../../src/format/Crypto.ts"
import * as Pack from "../../src/format/Pack.ts"
import * as Hex from "../../src/go/Hex.ts"
import * as fixture from "../support/fixture.ts"

const box = makeBox({ encrypt: randomBytes(32), macK: randomBytes(16), macR: randomBytes(16) })

/** A pack of `size` bytes in front of a header with these plain bytes. */
const packOf = (header: Buffer, size: number): Buffer => {
  const pack = Buffer.alloc(size + header.length + Pack.trailerSize)
  expect(Pack.sealHeader(box, header, pack, size)).toBe(pack.length)
  return pack
}

const entry = (length: number, uncompressedLength: number, type: 0 | 1 = 0): Buffer => {
  const bytes = Buffer.alloc(Pack.entrySize(uncompressedLength))
  expect(Pack.writeEntry(bytes, 0, { type, id: Buffer.alloc(32, 7), length, uncompressedLength })).toBe(bytes.length)
  return bytes
}

const read = (pack: Buffer) => Pack.readHeader(box, pack, pack.length)

describe("Pack", () => {
  it("reads the headers of restic's packs from their ends alone", () => {
    const { blobs, master_key: master } = fixture.expected()
    const keys = {
      encrypt: Hex.toBytes("3f6947739e87f6327194168378533d470e4bc6103ab75742d73b792692af849e"),
      macK: Hex.toBytes("d05e394ed1f9095b7fae001088054812"),
      macR: Hex.toBytes("1e7a340294bdd40fd45a62002411dd02")
    }
    expect(Object.values(master)).toContain(Hex.fromBytes(keys.encrypt))
    const found = fs.globSync(join(fixture.path, "data/*/*")).flatMap((path) => {
      const bytes = fs.readFileSync(path)
      const end = bytes.subarray(-Pack.headerSize(bytes, bytes.length))
      return Pack.readHeader(makeBox(keys), end, bytes.length).map((blob) => [
        blob.id,
        { ...blob, id: undefined, pack: path.slice(-64) }
      ])
    })
    expect(Object.fromEntries(found)).toEqual(
      Object.fromEntries(
        Object.entries<Record<string, unknown>>(blobs).map(([id, blob]) => [
          id,
          {
            type: blob.type,
            offset: blob.offset,
            length: blob.length,
            uncompressedLength: blob.uncompressed_length,
            pack: blob.pack
          }
        ])
      )
    )
  })
  it("gives offsets, types and lengths back", () => {
    const pack = packOf(Buffer.concat([entry(40, 0), entry(50, 1000, 1), entry(33, 0, 1)]), 123)
    const id = "07".repeat(32)
    expect(read(pack)).toEqual([
      { type: "data", id, offset: 0, length: 40, uncompressedLength: 0 },
      { type: "tree", id, offset: 40, length: 50, uncompressedLength: 1000 },
      { type: "tree", id, offset: 90, length: 33, uncompressedLength: 0 }
    ])
    expect(pack.length).toBe(123 + 37 + 41 + 37 + Pack.trailerSize)
  })
  it.each([
    ["a changed header", () => packOf(entry(40, 0), 40).fill(1, 50, 51)],
    ["a header cut off within an entry", () => packOf(Buffer.concat([entry(40, 0), entry(40, 0).subarray(1)]), 80)],
    ["an unknown type", () => packOf(entry(40, 0).fill(4, 0, 1), 40)],
    ["a blob that is shorter than its box", () => packOf(entry(31, 0), 31)],
    ["a compressed blob of nothing", () => packOf(entry(40, 1).fill(0, 5, 9), 40)],
    ["bytes that no blob has", () => packOf(entry(40, 0), 41)],
    ["blobs that are longer than the pack", () => packOf(entry(0xffff_ffff, 0), 40)],
    ["too few bytes", () => packOf(entry(40, 0), 40).subarray(-72)],
    ["no bytes", () => Buffer.alloc(0)],
    ["zeros", () => Buffer.alloc(5000)],
    ["a header length that is more than there is", () => Buffer.alloc(5000, 0x7f)]
  ])("refuses %s", (_, make) => {
    expect(() => read(make())).toThrow(Pack.PackError)
  })
  it("as many blobs fit as restic reads", () => {
    expect(Pack.maximumBlobs).toBe(409_199)
    expect([Pack.firstHeaderRead, Pack.minimumPackSize]).toEqual([651, 73])
  })
})
