/**
 * Tables of entries as bytes, the way they go from the main thread to the threads that write.
 *
 * One buffer is moved instead of thousands of objects copied. Both sides are this
 * file: `RestoreTableWriter` writes what `RestoreTableReader` reads, in the same order.
 */

const littleEndian = true

export class RestoreTableWriter {
  private bytes: Uint8Array<ArrayBuffer>
  private view: DataView
  private at = 0

  constructor(size = 16_384) {
    this.bytes = new Uint8Array(size)
    this.view = new DataView(this.bytes.buffer)
  }

  get size(): number {
    return this.at
  }

  private room(size: number): number {
    const start = this.at
    this.at += size
    if (this.at > this.bytes.length) {
      const larger = new Uint8Array(Math.max(this.at, this.bytes.length * 2))
      larger.set(this.bytes)
      this.bytes = larger
      this.view = new DataView(larger.buffer)
    }
    return start
  }

  byte(value: number): void {
    const at = this.room(1)
    this.bytes[at] = value
  }

  number(value: number): void {
    const at = this.room(4)
    this.view.setUint32(at, value, littleEndian)
  }

  /** Up to 2^53. */
  large(value: number): void {
    const at = this.room(8)
    this.view.setFloat64(at, value, littleEndian)
  }

  integer(value: bigint): void {
    const at = this.room(8)
    this.view.setBigInt64(at, value, littleEndian)
  }

  fixed(value: Uint8Array): void {
    const at = this.room(value.length)
    this.bytes.set(value, at)
  }

  sized(value: Uint8Array): void {
    this.number(value.length)
    this.fixed(value)
  }

  /** Where `copy` may write `size` bytes itself. */
  fill(size: number, copy: (target: Uint8Array, at: number) => void): void {
    const at = this.room(size)
    copy(this.bytes, at)
  }

  /** Sets a number written before at `at`. */
  correct(at: number, value: number): void {
    this.view.setUint32(at, value, littleEndian)
  }

  /** What was written; the writer is used up. */
  finish(): Uint8Array<ArrayBuffer> {
    return this.bytes.subarray(0, this.at)
  }
}

export class RestoreTableReader {
  private readonly bytes: Buffer
  private at = 0

  constructor(bytes: Uint8Array) {
    this.bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  }

  get isAtEnd(): boolean {
    return this.at >= this.bytes.length
  }

  byte(): number {
    return this.bytes[this.at++]!
  }

  number(): number {
    this.at += 4
    return this.bytes.readUInt32LE(this.at - 4)
  }

  large(): number {
    this.at += 8
    return this.bytes.readDoubleLE(this.at - 8)
  }

  integer(): bigint {
    this.at += 8
    return this.bytes.readBigInt64LE(this.at - 8)
  }

  /** A view, valid as long as the table. */
  fixed(size: number): Buffer {
    this.at += size
    return this.bytes.subarray(this.at - size, this.at)
  }

  sized(): Buffer {
    return this.fixed(this.number())
  }
}
