/** The JSON of the nodes of one directory, as it grows. */
import { release } from "../format/Crypto.ts"

const opening = '{"nodes":['
const closing = "]}\n"

export class NodeText {
  #bytes = Buffer.allocUnsafeSlow(8192)
  #end = opening.length

  constructor() {
    this.#bytes.write(opening, 0, "latin1")
  }

  /** Bytes of the nodes so far. */
  get size(): number {
    return this.#end - opening.length
  }

  /** Another node follows; gives where it begins in the nodes. */
  begin(): number {
    if (this.size > 0) this.add(",")
    return this.size
  }

  /** Gives where the nodes end then. */
  add(...texts: ReadonlyArray<string>): number {
    for (const text of texts) {
      this.#makeRoom(text.length * 3 + closing.length)
      this.#end += this.#bytes.write(text, this.#end)
    }
    return this.size
  }

  #makeRoom(length: number): void {
    if (this.#end + length <= this.#bytes.length) return
    const larger = Buffer.allocUnsafeSlow(Math.max(this.#end + length, 2 * this.#bytes.length))
    this.#bytes.copy(larger, 0, 0, this.#end)
    release(this.#bytes)
    this.#bytes = larger
  }

  /** In a buffer of their own; nothing can be added any more. */
  nodes(): Uint8Array<ArrayBuffer> {
    const nodes = new Uint8Array(this.#bytes.subarray(opening.length, this.#end))
    release(this.#bytes)
    return nodes
  }

  /** The blob of the whole directory. */
  tree(): Buffer {
    this.#bytes.write(closing, this.#end, "latin1")
    return this.#bytes.subarray(0, this.#end + closing.length)
  }
}
