/**
 * Keeps the JSON text of rows as bytes, so that a listing copies them instead of making them again.
 *
 * Bounded, because a million rows would take more memory than the names themselves.
 */

export interface CachedRow {
  readonly slab: Buffer
  readonly start: number
  readonly end: number
}

const slabBytes = 1024 * 1024
const mostRows = 300_000

export class RowCache {
  #slab = Buffer.alloc(0)
  #used = 0
  #rows = 0

  /** Null when the cache is full. */
  add(text: string): CachedRow | null {
    if (this.#rows >= mostRows) return null
    this.#rows++
    if (this.#used + text.length * 3 > this.#slab.length) {
      this.#slab = Buffer.allocUnsafeSlow(Math.max(slabBytes, text.length * 3))
      this.#used = 0
    }
    const start = this.#used
    this.#used += this.#slab.write(text, start)
    return { slab: this.#slab, start, end: this.#used }
  }
}
