import { assert, describe, it } from "@effect/vitest"
import * as PiecePool from "@ourclone/core/machine/PiecePool"

describe("PiecePool", () => {
  it("uses a piece again once its reader has given it back, and not before", () => {
    const first = PiecePool.take(PiecePool.pieceSize)
    const second = PiecePool.take(PiecePool.pieceSize)
    assert.notStrictEqual(first, second)
    PiecePool.give(first)
    assert.strictEqual(PiecePool.take(PiecePool.pieceSize), first)
    assert.notStrictEqual(PiecePool.take(PiecePool.pieceSize), first)
  })

  it("lends a piece to one reader only, however often it was given back", () => {
    const piece = PiecePool.take(PiecePool.pieceSize)
    PiecePool.give(piece)
    PiecePool.give(piece)
    assert.strictEqual(PiecePool.take(PiecePool.pieceSize), piece)
    assert.notStrictEqual(PiecePool.take(PiecePool.pieceSize), piece)
  })

  it("leaves buffers alone that are not its own, or only a part of one", () => {
    const foreign = Buffer.alloc(PiecePool.pieceSize)
    const part = PiecePool.take(PiecePool.pieceSize).subarray(0, 10)
    PiecePool.give(foreign)
    PiecePool.give(part)
    const next = PiecePool.take(PiecePool.pieceSize)
    assert.notStrictEqual(next, foreign)
    assert.notStrictEqual(next.buffer, part.buffer)
  })

  it("gives what is asked for when that is less than a piece", () => {
    assert.strictEqual(PiecePool.take(10).length, 10)
  })
})
