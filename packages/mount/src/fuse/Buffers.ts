/** Memory for replies with content, used again: a mebibyte is too much to leave to the collector at every read. */
import { headSize } from "./protocol/Reply.ts"

/** What the kernel asks for: its reading ahead, and what programs read past its cache. */
const classes = [128 * 1024 + headSize, 1024 * 1024 + headSize]
const keptOfEach = 8

export class Buffers {
  readonly #free = new Map<number, Array<Buffer>>(classes.map((size) => [size, []]))

  /** `size` bytes, header included; what is in them is not defined. */
  take(size: number): Buffer {
    const fitting = classes.find((each) => size <= each)
    // A small one is cheaper made than kept.
    if (size <= 8192 || fitting === undefined) return Buffer.allocUnsafe(size)
    const kept = this.#free.get(fitting)?.pop()
    return (kept ?? Buffer.allocUnsafeSlow(fitting)).subarray(0, size)
  }

  /** Nothing may use `buffer` any more. One that was not taken here is let go. */
  give(buffer: Buffer): void {
    const kept = this.#free.get(buffer.buffer.byteLength)
    if (kept !== undefined && kept.length < keptOfEach) kept.push(Buffer.from(buffer.buffer))
  }
}
