import { assert, describe, it } from "vitest"
import {
  idSize,
  isKnown,
  type MainAnswer,
  type MainRequest,
  storeAt,
  storeHere
} from "../../src/archive/ArchiveMessages.ts"
import { type BlobIntake, hash } from "../../src/archive/BlobIntake.ts"
import { makeChunker } from "../../src/archive/Chunker.ts"
import * as ChunkStore from "../../src/archive/ChunkStore.ts"
import * as keyStream from "../support/keyStream.ts"
import { polynomial } from "../support/TestRepository.ts"

/** A store whose main thread answers each claim with `code`, and what it has stored. */
const make = (code: number, onHandOver = (): void => undefined) => {
  const here: Array<Buffer> = []
  const there: Array<Buffer> = []
  const call = async (request: MainRequest): Promise<MainAnswer> => {
    if (request._tag === "Claim") return new Uint8Array(request.ids.length / idSize).fill(code)
    if (request._tag !== "HandOver") return assert.fail(request._tag)
    onHandOver()
    assert.deepEqual(hash(request.bytes), Buffer.from(request.id))
    there.push(Buffer.from(request.bytes))
    return undefined
  }
  const intake: Partial<BlobIntake> = {
    room: () => undefined,
    store: (_type, _id, bytes) => void here.push(Buffer.from(bytes))
  }
  const parts = { main: { call, pending: () => 0 }, intake: intake as BlobIntake, chunker: makeChunker(polynomial) }
  return { store: ChunkStore.make(parts), here, there }
}

/** Reads `content`, at most `most` bytes at a time. */
const reading = (content: Buffer, most = Number.POSITIVE_INFINITY) => {
  let given = 0
  return (buffer: Buffer, at: number, length: number): number => {
    const count = content.copy(buffer, at, given, Math.min(content.length, given + length, given + most))
    given += count
    return count
  }
}

const lengths = (chunks: ReadonlyArray<Buffer>) => chunks.map(({ length }) => length)

describe("chunks of long content", () => {
  it("are cut at the same places, however the content comes in", async () => {
    const content = keyStream.bytes("long", 30_000_000)
    const expected: Array<number> = []
    const chunker = makeChunker(polynomial)
    for (let start = 0; start < content.length; start += expected.at(-1)!) {
      expected.push(chunker.nextCut(content, start, content.length - start) || content.length - start)
    }
    for (const most of [Number.POSITIVE_INFINITY, 1_000_003, 65_536]) {
      const { here, store } = make(storeHere)
      const { ids, size } = await store.store(reading(content, most), () => undefined)
      assert.deepEqual(lengths(here), expected)
      assert.deepEqual(
        ids,
        here.map((chunk) => hash(chunk).toString("hex"))
      )
      assert.strictEqual(size, content.length)
      assert.isTrue(Buffer.concat(here).equals(content))
    }
  })

  it("are cut where one ends just behind what was read at once", async () => {
    // After the first chunk every one has the smallest size; one begins 524,000 bytes before the end of the window.
    const content = Buffer.concat([keyStream.bytes("first", 524_512), Buffer.alloc(24_000_000)])
    const { here, store } = make(storeHere)
    await store.store(reading(content), () => undefined)
    const [first, ...rest] = lengths(here)
    assert.strictEqual(first, 524_576)
    assert.deepEqual([...new Set(rest.slice(0, -1))], [524_288])
  })

  it("are not stored when they are known", async () => {
    const { here, store, there } = make(isKnown)
    const { ids } = await store.store(reading(keyStream.bytes("known", 3_000_000)), () => undefined)
    assert.isAbove(ids.length, 1)
    assert.deepEqual([here, there], [[], []])
  })

  it("are shared with a thread that has nothing to do", async () => {
    const content = keyStream.bytes("shared", 20_000_000)
    const { here, store, there } = make(storeAt + 1)
    const { ids } = await store.store(reading(content), () => undefined)
    await store.settle()
    assert.strictEqual(here.length + there.length, ids.length)
    assert.isAbove(there.length, 1)
    assert.sameMembers(
      [...here, ...there].map((chunk) => hash(chunk).toString("hex")),
      [...ids]
    )
  })

  it("do not get lost without a word when another thread fails with one", async () => {
    const { store } = make(storeAt, () => {
      throw new Error("no memory")
    })
    const stored = store.store(reading(keyStream.bytes("x", 600_000)), () => undefined)
    const error = await stored.then(store.settle).then(
      () => undefined,
      (reason: Error) => reason
    )
    assert.strictEqual(error?.message, "no memory")
  })
})
