import { hash } from "node:crypto"
import { describe, expect, it } from "@effect/vitest"
import type { PackedBlob } from "../../src/format/Pack.ts"
import { BlobIndex } from "../../src/repository/BlobIndex.ts"
import * as IndexFile from "../../src/repository/IndexFile.ts"

const id = (text: string): string => hash("sha256", text)
const blob: PackedBlob = { type: "data", id: id("blob"), offset: 0, length: 38, uncompressedLength: 0 }
const packs = [
  {
    id: id("pack 1"),
    blobs: [
      blob,
      { type: "tree", id: id("tree"), offset: 38, length: 4_294_967_295, uncompressedLength: 5995 } as const
    ]
  },
  { id: id("pack 2"), blobs: [{ ...blob, offset: 4_294_967_295 }] },
  { id: id("pack 3"), blobs: [] }
]

const listed = (json: string | Uint8Array) => {
  const index = new BlobIndex()
  const decoded = IndexFile.decodeInto(index, Buffer.from(json))
  const { entries, starts } = index.byPack()
  return [...decoded.packs].map((pack) => ({
    id: index.packId(pack),
    blobs: [...entries.subarray(starts[pack], starts[pack + 1])].map((entry) => ({
      type: index.typeOf(entry) === 1 ? "tree" : "data",
      id: index.hexOf(entry),
      offset: index.offsetOf(entry),
      length: index.lengthOf(entry),
      uncompressedLength: index.uncompressedLengthOf(entry)
    }))
  }))
}

const oneBlob = (more: object): string =>
  JSON.stringify({
    packs: [{ id: id("pack"), blobs: [{ id: id("blob"), type: "data", offset: 0, length: 40, ...more }] }]
  })

describe("IndexFile", () => {
  it("is read whole when it lists nothing but the smallest blobs", () => {
    const blobs = Array.from({ length: 2000 }, (_, index) => ({ ...blob, id: id(`${index}`), offset: index % 10 }))
    const index = new BlobIndex()
    IndexFile.decodeInto(index, IndexFile.encode([{ id: id("pack"), blobs }]))
    expect(blobs.filter((one) => index.findHex(0, one.id) < 0)).toEqual([])
  })

  it("is written as restic writes it", () => {
    expect(
      IndexFile.encode([
        { id: id("pack 1"), blobs: [blob, { ...blob, type: "tree", uncompressedLength: 9 }] }
      ]).toString()
    ).toBe(
      `{"packs":[{"id":"${id("pack 1")}","blobs":[{"id":"${id("blob")}","type":"data","offset":0,"length":38},` +
        `{"id":"${id("blob")}","type":"tree","offset":0,"length":38,"uncompressed_length":9}]}]}\n`
    )
    expect(IndexFile.encode([]).toString()).toBe('{"packs":[]}\n')
  })
  it("gives back what was written", () => {
    expect(listed(IndexFile.encode(packs))).toEqual(packs)
    expect(IndexFile.decode(IndexFile.encode(packs))).toEqual(packs)
    expect(listed(IndexFile.encode([]))).toEqual([])
  })
  it("is read in any layout, with fields of any order and unknown ones", () => {
    const loose = {
      supersedes: [id("old")],
      packs_to_delete: [],
      packs: packs.map((pack) => ({
        blobs: pack.blobs.map(({ id, length, offset, type, uncompressedLength }) => ({
          extra: { id: "x" },
          uncompressed_length: uncompressedLength,
          length,
          offset,
          type,
          id: id.toUpperCase()
        })),
        time: "2024",
        id: pack.id
      }))
    }
    expect(listed(JSON.stringify(loose, null, 2))).toEqual(packs)
    expect(listed(JSON.stringify(loose))).toEqual(packs)
    expect(listed('{"packs":null}')).toEqual([])
    expect(listed("{}")).toEqual([])
    expect(listed(`{"packs":[{"id":"${id("pack 3")}","blobs":null}]}`)).toEqual([packs[2]])
  })
  it.each([
    ["no JSON", "{"],
    ["JSON and more", '{"packs":[]}\n{}'],
    ["a list", "[]"],
    ["packs that are no list", '{"packs":{}}'],
    ["a pack that is no object", '{"packs":[1]}'],
    ["a pack without id", '{"packs":[{"blobs":[]}]}'],
    ["an id that is too short", oneBlob({ id: id("blob").slice(1) })],
    ["an id that is not hex", oneBlob({ id: `g${id("blob").slice(1)}` })],
    ["a type that does not exist", oneBlob({ type: "file" })],
    ["no type", oneBlob({ type: undefined })],
    ["an offset below 0", oneBlob({ offset: -1 })],
    ["an offset with a fraction", oneBlob({ offset: 1.5 })],
    ["an offset that is text", oneBlob({ offset: "1" })],
    ["an offset of 4 GiB", oneBlob({ offset: 2 ** 32 })],
    ["a length that no box has", oneBlob({ length: 31 })],
    ["a length of 4 GiB", oneBlob({ length: 2 ** 32 })],
    ["no length", oneBlob({ length: undefined })],
    ["an uncompressed length of 4 GiB", oneBlob({ uncompressed_length: 2 ** 32 })],
    ["a number of twenty digits", oneBlob({ length: 4e19 }).replace("40000000000000000000", "40000000000000000001")],
    ["a number with a leading zero", oneBlob({}).replace('"length":40', '"length":040')]
  ])("%s is refused, and nothing of the file is taken", (_, json) => {
    const good = oneBlob({}).slice(0, -2)
    const second = json.startsWith('{"packs":[{') ? `${good},${json.slice('{"packs":['.length)}` : `${good},`
    for (const text of [json, `${json}\n`, second, `${second}\n`]) {
      const index = new BlobIndex()
      expect(() => IndexFile.decodeInto(index, Buffer.from(text))).toThrow(IndexFile.IndexFileError)
      expect([index.size, index.packCount]).toEqual([0, 0])
    }
  })
})
