/** A body in chunks, each behind a line with its length in hexadecimal digits; the last one is empty. */

/** In bytes: a line with a length and what may follow it, and all lines after the last chunk. */
const longestLine = 4096
const longestTrailer = 16 * 1024

type Expected = "length" | "data" | "end of data" | "trailer"

export class ChunkedBody {
  #expected: Expected = "length"
  #line = ""
  #remaining = 0
  #trailer = 0

  /**
   * Hands what `bytes` hold of the body to `onData`. Gives the number of bytes
   * that were used when the body has ended, `undefined` before. Throws for bytes that are no chunks.
   */
  feed(bytes: Uint8Array, onData: (data: Uint8Array) => void): number | undefined {
    let at = 0
    while (at < bytes.length) {
      if (this.#expected === "data") {
        const data = bytes.subarray(at, at + this.#remaining)
        at += data.length
        this.#remaining -= data.length
        if (this.#remaining === 0) this.#expected = "end of data"
        onData(data)
        continue
      }
      const end = bytes.indexOf(10, at)
      const piece = bytes.subarray(at, end < 0 ? bytes.length : end)
      if (this.#line.length + piece.length > longestLine) throw new Error("a line between chunks is too long")
      this.#line += Buffer.from(piece).toString("latin1")
      if (end < 0) return undefined
      at = end + 1
      if (this.#isLast(this.#line.replace(/\r$/, ""))) return at
      this.#line = ""
    }
    return undefined
  }

  #isLast(line: string): boolean {
    if (this.#expected === "length") {
      const digits = /^([0-9a-fA-F]{1,13})[ \t]*(?:;|$)/.exec(line)?.[1]
      if (digits === undefined) throw new Error("a chunk does not say how long it is")
      this.#remaining = Number.parseInt(digits, 16)
      this.#expected = this.#remaining === 0 ? "trailer" : "data"
      return false
    }
    if (this.#expected === "end of data") {
      if (line !== "") throw new Error("a chunk is longer than it says")
      this.#expected = "length"
      return false
    }
    this.#trailer += line.length
    if (this.#trailer > longestTrailer) throw new Error("what follows the last chunk is too long")
    return line === ""
  }
}
