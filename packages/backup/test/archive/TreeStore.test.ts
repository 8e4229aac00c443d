import { createHash } from "node:crypto"
import { describe, expect, it } from "vitest"
import type { ArchiveThreads } from "../../src/archive/ArchiveThreads.ts"
import * as TreeStore from "../../src/archive/TreeStore.ts"
import { BlobIndex } from "../../src/repository/BlobIndex.ts"

/** Threads that keep what they are asked, and what is moved to them. */
const make = () => {
  const calls: Array<{ readonly bytes: Buffer; readonly moved: ReadonlyArray<unknown> }> = []
  const line = {
    pending: () => 0,
    call: (request: { readonly bytes: Uint8Array }, moved: ReadonlyArray<unknown> = []) => {
      calls.push({ bytes: Buffer.from(request.bytes), moved: [...moved, request.bytes.buffer] })
      return Promise.resolve(undefined)
    }
  }
  const threads = { size: 1, lines: [line] } as unknown as ArchiveThreads
  return { calls, trees: TreeStore.make(new BlobIndex(), threads) }
}

const part = (text: string): Buffer => {
  const bytes = Buffer.allocUnsafeSlow(text.length)
  bytes.write(text)
  return bytes
}

const parts = () => ['{"nodes":[', "a".repeat(5000), ",", "b".repeat(5000), "]}\n"].map(part)

describe("a tree in parts", () => {
  it("is moved to a thread as a whole, and its parts hold no memory any more", async () => {
    const { calls, trees } = make()
    const given = parts()
    const whole = Buffer.concat(given)
    expect(trees.store(given)).toBe(createHash("sha256").update(whole).digest("hex"))
    await trees.settle()
    expect(calls).toHaveLength(1)
    expect(calls[0]!.bytes.equals(whole)).toBe(true)
    const [moved, ...sent] = calls[0]!.moved
    expect(sent).toEqual([moved])
    expect(given.map(({ buffer }) => buffer.byteLength)).toEqual([0, 0, 0, 0, 0])
  })

  it("that is known is not even put together", async () => {
    const { calls, trees } = make()
    const id = trees.store(parts())
    expect(trees.store(parts())).toBe(id)
    await trees.settle()
    expect(calls).toHaveLength(1)
  })
})
