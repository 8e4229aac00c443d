import { createHash } from "node:crypto"
import { expect, it } from "@effect/vitest"
import * as ByteSource from "@ourclone/core/contract/ByteSource"
import { at, pattern, reason } from "@ourclone/core/testing/Check"
import { framed, framedHeaders } from "@ourclone/provider-s3/api/FramedBody"
import { Effect, Stream } from "effect"
import { emulate, openAt } from "../emulated.ts"

const frameSize = 1024 * 1024

const inPieces = async function* (bytes: Uint8Array, size: number) {
  for (let from = 0; from < bytes.length; from += size) yield bytes.subarray(from, from + size)
}

it.each([1, 10, frameSize - 1, frameSize, frameSize + 1, 3 * frameSize])(
  "%i bytes are as long in their frames as is said, and nothing is lost or copied twice",
  async (size) => {
    const bytes = pattern(size)
    for (const pieces of [inPieces(bytes, 700_001), inPieces(bytes, 3 * frameSize)]) {
      const all: Array<Uint8Array> = []
      for await (const one of framed(pieces, size)) all.push(Buffer.from(one))
      const text = Buffer.concat(all)
      expect(text.length).toBe(Number(framedHeaders(size)["content-length"]))
      let at = 0
      const hash = createHash("sha1")
      for (;;) {
        const end = text.indexOf("\r\n", at)
        const length = Number.parseInt(text.toString("latin1", at, end), 16)
        if (length === 0) break
        expect(length).toBeLessThanOrEqual(frameSize)
        hash.update(text.subarray(end + 2, end + 2 + length))
        expect(text.toString("latin1", end + 2 + length, end + 4 + length)).toBe("\r\n")
        at = end + 4 + length
      }
      expect(hash.digest("hex")).toBe(createHash("sha1").update(bytes).digest("hex"))
    }
  }
)

it.live("a server compares the checksum at the end, and keeps nothing of a body without one", () =>
  Effect.gen(function* () {
    const emulator = yield* emulate()
    const provider = yield* openAt(emulator, "bucket", { provider: "Versity" })
    const bytes = pattern(ByteSource.smallSize + 4321)
    yield* provider.put(at("a"), ByteSource.fromBytes(bytes), { modifiedAt: 1 })
    expect(Buffer.from(yield* provider.readAll(yield* provider.stat(at("a")))).equals(bytes)).toBe(true)
    const short = { ...ByteSource.fromBytes(bytes), read: () => Stream.succeed(bytes.subarray(5)) }
    expect(yield* reason(provider.put(at("b"), short, { modifiedAt: 1 }))).toBe("SourceChanged")
    expect(yield* reason(provider.stat(at("b")))).toBe("NotFound")
  })
)
