/**
 * Buffers for the pieces that bytes travel in.
 *
 * A piece belongs to its reader, who may keep it; a reader that is done with it
 * gives it back, and the next piece needs no new memory. Without that, 2 GiB in
 * pieces of 1 MiB made the garbage collector a tenth of a download's CPU.
 */

/** In bytes. */
export const pieceSize = 1024 * 1024
/** Pieces that wait to be used again, at most. */
const most = 32

const free: Array<Buffer> = []
const taken = new WeakSet<Uint8Array>()

/** A buffer of `size` bytes with any content; `size` is `pieceSize` at most. */
export const take = (size: number): Buffer => {
  if (size !== pieceSize) return Buffer.allocUnsafeSlow(size)
  const piece = free.pop() ?? Buffer.allocUnsafeSlow(pieceSize)
  taken.add(piece)
  return piece
}

/**
 * Says that nobody looks at `piece` any more. Only buffers that came whole from
 * `take` are used again, once for each `take`; all others are left alone.
 */
export const give = (piece: Uint8Array): void => {
  if (taken.delete(piece) && free.length < most) free.push(piece as Buffer)
}
