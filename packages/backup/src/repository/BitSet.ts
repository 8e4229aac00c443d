/** A set of small whole numbers, such as entries of a `BlobIndex`: one bit each. */
export class BitSet {
  readonly #words: Uint32Array
  #count = 0

  /** For numbers below `size`. */
  constructor(size: number) {
    this.#words = new Uint32Array((size + 31) >>> 5)
  }

  /** How many numbers are in it. */
  get count(): number {
    return this.#count
  }

  has(number: number): boolean {
    return (this.#words[number >>> 5]! & (1 << (number & 31))) !== 0
  }

  /** Whether the number was not in it before. */
  add(number: number): boolean {
    if (this.has(number)) return false
    this.#words[number >>> 5]! |= 1 << (number & 31)
    this.#count++
    return true
  }

  delete(number: number): boolean {
    if (!this.has(number)) return false
    this.#words[number >>> 5]! &= ~(1 << (number & 31))
    this.#count--
    return true
  }
}
