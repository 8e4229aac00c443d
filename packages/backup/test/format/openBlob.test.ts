import { createHash, randomBytes } from "node:crypto"
import { zstdCompressSync } from "node:zlib"
import { describe, expect, it } from "@effect/vitest"
import { makeBox } from "../../src/format/Crypto.ts"
import { makeOpenBlob, openBlob } from "../../src/format/openBlob.ts"
import * as UnpackedFile from "../../src/format/UnpackedFile.ts"

const mebibyte = 1024 * 1024
const box = makeBox({ encrypt: randomBytes(32), macK: randomBytes(16), macR: randomBytes(16) })

const sealedZeros = (size: number) => {
  const plain = Buffer.alloc(size)
  return { id: createHash("sha256").update(plain).digest("hex"), sealed: box.seal(zstdCompressSync(plain)), size }
}

describe("a blob that is a bomb", () => {
  const bomb = sealedZeros(200 * mebibyte)
  it.each([
    ["alone", () => openBlob(box, bomb.sealed, bomb.id, bomb.size)],
    ["among many", () => makeOpenBlob(box)(bomb.sealed, bomb.id, bomb.size)]
  ])("is refused before it is opened, %s", (_, open) => {
    expect(bomb.sealed.length).toBeLessThan(mebibyte)
    const before = process.memoryUsage.rss()
    expect(open()).toBe("it claims to hold more than a blob can")
    expect(process.memoryUsage.rss() - before).toBeLessThan(100 * mebibyte)
  })

  it("is no bomb when it is as large as a chunk can be", () => {
    const chunk = sealedZeros(8 * mebibyte)
    expect(openBlob(box, chunk.sealed, chunk.id, chunk.size)).toHaveLength(8 * mebibyte)
  })
})

describe("an index, lock or snapshot that is a bomb", () => {
  it("is not opened", () => {
    const frame = Buffer.concat([Buffer.from([2]), zstdCompressSync(Buffer.alloc(200 * mebibyte, " "))])
    expect(UnpackedFile.decode(frame, 2)).toBe(undefined)
  })
})
