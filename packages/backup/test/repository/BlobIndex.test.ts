import { randomBytes } from "node:crypto"
import { describe, expect, it } from "@effect/vitest"
import { data, tree } from "../../src/format/BlobType.ts"
import { BlobIndex } from "../../src/repository/BlobIndex.ts"

const packId = (number: number): string => number.toString(16).padStart(64, "0")
const ids = Array.from({ length: 70_000 }, () => randomBytes(32))

describe("BlobIndex", () => {
  it("finds each of many blobs at its place, and none that was not added", () => {
    const index = new BlobIndex()
    for (const [number, id] of ids.entries()) {
      index.add(
        number % 3 === 0 ? tree : data,
        id,
        0,
        index.addPack(packId(number % 50)),
        number,
        100 + number,
        number % 7
      )
    }
    expect(index.size).toBe(ids.length)
    expect(index.packCount).toBe(50)
    for (const [number, id] of ids.entries()) {
      const [type, other] = number % 3 === 0 ? ([tree, data] as const) : ([data, tree] as const)
      const entry = index.find(type, id)
      const found = [
        index.packId(index.packOf(entry)),
        index.offsetOf(entry),
        index.lengthOf(entry),
        index.typeOf(entry)
      ]
      expect(found).toEqual([packId(number % 50), number, 100 + number, type])
      expect(index.uncompressedLengthOf(entry)).toBe(number % 7)
      expect(index.plainLengthOf(entry)).toBe(number % 7 || 68 + number)
      expect(index.find(other, id)).toBe(-1)
      if (number % 1000 === 0) {
        expect(index.idOf(entry).equals(id)).toBe(true)
        expect(index.findHex(type, id.toString("hex"))).toBe(entry)
        expect(index.find(type, Buffer.concat([Buffer.alloc(3), id]), 3)).toBe(entry)
        expect(index.find(data, randomBytes(32))).toBe(-1)
      }
    }
  })
  it("keeps sizes of up to 4 GiB less one byte", () => {
    const index = new BlobIndex()
    const entry = index.add(tree, ids[0]!, 0, index.addPack(packId(1)), 2 ** 32 - 1, 2 ** 32 - 2, 2 ** 32 - 3)
    expect([index.offsetOf(entry), index.lengthOf(entry), index.plainLengthOf(entry)]).toEqual([
      2 ** 32 - 1,
      2 ** 32 - 2,
      2 ** 32 - 3
    ])
  })
  it("gives all places of a blob, the very same one once", () => {
    const index = new BlobIndex()
    const [one, other] = [index.addPack(packId(1)), index.addPack(packId(2))]
    const id = ids[0]!
    const first = index.add(data, id, 0, one, 0, 50, 0)
    expect(index.add(data, id, 0, one, 0, 50, 0)).toBe(first)
    index.add(tree, id, 0, one, 50, 60, 0)
    const second = index.add(data, id, 0, other, 7, 50, 0)
    const third = index.add(data, id, 0, one, 90, 50, 0)
    for (const more of ids.slice(1)) index.add(data, more, 0, one, 1, 40, 0)
    const places = []
    for (let entry = index.find(data, id); entry >= 0; entry = index.next(entry)) places.push(entry)
    expect(places.sort()).toEqual([first, second, third])
    expect(index.size).toBe(ids.length + 3)
  })
  it("a blob can be claimed once, and is placed later", () => {
    const index = new BlobIndex()
    const [id, known] = [ids[0]!, ids[1]!]
    index.add(data, known, 0, index.addPack(packId(1)), 0, 50, 0)
    expect(index.claim(data, known)).toBe(false)
    expect(index.claim(data, id)).toBe(true)
    expect(index.claim(data, id)).toBe(false)
    expect(index.claim(tree, id)).toBe(true)
    const claimed = index.find(data, id)
    expect(index.isPlaced(claimed)).toBe(false)
    expect(index.byPack().entries).toHaveLength(1)
    expect(index.place(data, id, 0, index.addPack(packId(2)), 5, 60, 70)).toBe(claimed)
    expect([index.isPlaced(claimed), index.packOf(claimed), index.offsetOf(claimed)]).toEqual([true, 1, 5])
    expect(index.place(data, known, 0, 1, 9, 50, 0)).not.toBe(index.find(data, known))
    expect(index.byPack().entries).toHaveLength(3)
  })
  it("lists what is in each pack, by offset", () => {
    const index = new BlobIndex()
    const packs = [packId(7), packId(8), packId(9)].map((id) => index.addPack(id))
    const offsets = [50, 10, 2 ** 31, 0, 30, 2 ** 32 - 1]
    for (const [number, offset] of offsets.entries()) {
      index.add(data, ids[number]!, 0, packs[0]!, offset, 40, 0)
      index.add(data, ids[100 + number]!, 0, packs[2]!, number, 40, 0)
    }
    const { entries, starts } = index.byPack()
    expect([...starts]).toEqual([0, 6, 6, 12])
    expect([...entries.subarray(0, 6)].map((entry) => index.offsetOf(entry))).toEqual(offsets.toSorted((a, b) => a - b))
    expect([...entries.subarray(6)].map((entry) => index.offsetOf(entry))).toEqual([0, 1, 2, 3, 4, 5])
  })
  it("ids made to fall together do not make it slow", () => {
    const index = new BlobIndex()
    const pack = index.addPack(packId(1))
    const alike = Array.from({ length: 60_000 }, (_, number) => {
      const id = Buffer.alloc(32, 0xab)
      id.writeUInt16BE(number, 30)
      return id
    })
    const time = (some: ReadonlyArray<Buffer>): number => {
      const start = process.cpuUsage()
      for (const id of some) index.add(data, id, 0, pack, 0, 40, 0)
      for (const id of some) if (index.find(data, id) < 0) throw new Error("lost")
      const { system, user } = process.cpuUsage(start)
      return system + user
    }
    time(ids.slice(0, 10_000))
    const honest = time(ids.slice(10_000))
    expect(time(alike)).toBeLessThan(20 * honest)
  })
})
