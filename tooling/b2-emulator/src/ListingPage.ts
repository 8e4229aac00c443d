/**
 * The reply to a listing, written as bytes row by row. A page of a thousand rows is two thirds of a mebibyte; as one
 * string it would be copied three times on its way to the socket.
 */
import type { CachedRow } from "./RowCache.ts"

const comma = 44
const bytesPerRow = 768
const firstBytes = 1024 * 1024

export class ListingPage {
  #bytes: Buffer
  #length = 0
  rows = 0

  /** `rows` is how many there will be at most. */
  constructor(rows: number) {
    this.#bytes = Buffer.allocUnsafeSlow(Math.min(rows * bytesPerRow + bytesPerRow, firstBytes))
    this.#write('{"files":[')
  }

  add(row: string): void {
    this.#write(this.rows++ > 0 ? `,${row}` : row)
  }

  /** A cached row and the text that ends it. */
  addCached({ slab, start, end }: CachedRow, ending: string): void {
    this.#reserve(end - start + ending.length + 1)
    if (this.rows++ > 0) this.#bytes[this.#length++] = comma
    slab.copy(this.#bytes, this.#length, start, end)
    this.#length += end - start
    for (let index = 0; index < ending.length; index++) this.#bytes[this.#length++] = ending.charCodeAt(index)
  }

  /** `fields` is the JSON text of the fields after the rows. */
  finish(fields: string): Buffer {
    this.#write(`],${fields}}`)
    return this.#bytes.subarray(0, this.#length)
  }

  #write(text: string): void {
    this.#reserve(text.length * 3)
    this.#length += this.#bytes.write(text, this.#length)
  }

  #reserve(bytes: number): void {
    if (this.#length + bytes <= this.#bytes.length) return
    const larger = Buffer.allocUnsafeSlow(this.#bytes.length * 2 + bytes)
    this.#bytes.copy(larger, 0, 0, this.#length)
    this.#bytes = larger
  }
}
