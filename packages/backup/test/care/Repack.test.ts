import { createHash, randomBytes } from "node:crypto"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Redacted } from "effect"
import * as Repack from "../../src/care/Repack.ts"
import { data } from "../../src/format/BlobType.ts"
import { makeBox } from "../../src/format/Crypto.ts"
import type { FinishedPack } from "../../src/format/PackWriter.ts"
import { BlobIndex } from "../../src/repository/BlobIndex.ts"
import type { NewPacks } from "../../src/repository/NewPacks.ts"
import type { Repository } from "../../src/repository/Repository.ts"

const keys = { encrypt: Buffer.alloc(32, 1), macK: Buffer.alloc(16, 2), macR: Buffer.alloc(16, 3) }
const box = makeBox(keys)
const packSize = 1024 * 1024

/** One pack of 1.5 MiB, which is copied again and again. */
const makeSource = () => {
  const index = new BlobIndex()
  const plains = Array.from({ length: 6 }, () => randomBytes(packSize / 4))
  const boxes = plains.map((plain) => box.seal(plain))
  const pack = index.addPack("ab".repeat(32))
  const entries = boxes.map((sealed, number) => {
    const id = createHash("sha256").update(plains[number]!).digest()
    return index.add(data, id, 0, pack, number * boxes[0]!.length, sealed.length, 0)
  })
  return { index, entries, bytes: Buffer.concat(boxes) }
}

/** Counts the buffers that packs come in: each is marked behind its pack, where nothing else is written. */
const makeCounter = () => {
  let packs = 0
  let buffers = 0
  const store = (pack: FinishedPack) =>
    Effect.promise(async () => {
      const mark = new Uint8Array(pack.bytes.buffer, pack.bytes.buffer.byteLength - 1, 1)
      if (mark[0] === 0) buffers++
      mark[0] = 1
      packs++
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 5))
    })
  return { newPacks: { store } as unknown as NewPacks, counts: () => ({ packs, buffers }) }
}

describe("repacking", () => {
  it.live("uses the buffers of stored packs again, however many threads there are", () =>
    Effect.gen(function* () {
      const { bytes, entries, index } = makeSource()
      const repository = {
        name: "test",
        provider: { capabilities: { isLocal: true } },
        keys: Redacted.make(keys),
        config: { version: 2 },
        readRaw: (_type: string, _id: string, range: { offset: number; length: number }) =>
          Effect.sync(() => Uint8Array.from(bytes.subarray(range.offset, range.offset + range.length)))
      } as unknown as Repository
      const { counts, newPacks } = makeCounter()
      const repack = yield* Repack.make({ from: repository, to: repository, index, newPacks, packSize, threads: 4 })
      const copies = Array.from({ length: 400 }, () => repack.copy(entries))
      yield* Effect.forEach(copies, (copy) => copy, { concurrency: 4, discard: true })
      yield* repack.finish
      const { buffers, packs } = counts()
      expect(packs).toBeGreaterThan(300)
      expect(buffers).toBeLessThan(30)
    }).pipe(Effect.scoped)
  )
})
