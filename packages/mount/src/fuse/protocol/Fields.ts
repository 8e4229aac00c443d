/** The body of one request, read by offset. Numbers are little endian, as on every machine this runs on. */

/** What the kernel sent does not hold what its operation needs. */
export class Malformed extends Error {}

/** A name that is no UTF-8 text: no storage could hold it. */
export class NotText extends Error {}

const strict = new TextDecoder("utf-8", { fatal: true })

const text = (bytes: Buffer, from: number, to: number): string => {
  const name = bytes.toString("utf8", from, to)
  if (!name.includes("\ufffd")) return name
  try {
    return strict.decode(bytes.subarray(from, to))
  } catch {
    throw new NotText()
  }
}

/** Offsets count from the end of the request's header. What lies past the end of the request is `Malformed`. */
export class Fields {
  readonly #bytes: Buffer
  readonly #start: number
  readonly #end: number

  constructor(bytes: Buffer, start: number, end: number) {
    this.#bytes = bytes
    this.#start = start
    this.#end = end
  }

  #at(offset: number, size: number): number {
    const at = this.#start + offset
    if (at + size > this.#end) throw new Malformed(`a field at ${offset} lies past the end of the request`)
    return at
  }

  u16(offset: number): number {
    return this.#bytes.readUInt16LE(this.#at(offset, 2))
  }

  u32(offset: number): number {
    return this.#bytes.readUInt32LE(this.#at(offset, 4))
  }

  /** Exact up to 2^53; what is larger is larger than any file. */
  u64(offset: number): number {
    const at = this.#at(offset, 8)
    return this.#bytes.readUInt32LE(at) + this.#bytes.readUInt32LE(at + 4) * 0x1_0000_0000
  }

  i64(offset: number): number {
    const at = this.#at(offset, 8)
    return this.#bytes.readUInt32LE(at) + this.#bytes.readInt32LE(at + 4) * 0x1_0000_0000
  }

  /** The text up to the next NUL. */
  name(offset: number): string {
    return this.names(offset, 1)[0]!
  }

  /** `count` texts, each with a NUL behind it. */
  names(offset: number, count: number): ReadonlyArray<string> {
    const found: Array<string> = []
    let at = this.#at(offset, 1)
    while (found.length < count) {
      const nul = this.#bytes.indexOf(0, at)
      if (nul < 0 || nul >= this.#end) throw new Malformed("a name has no end")
      found.push(text(this.#bytes, at, nul))
      at = nul + 1
    }
    return found
  }

  /** `size` bytes as they lie in the request: valid only until the next request is read into the same memory. */
  bytes(offset: number, size: number): Buffer {
    const at = this.#at(offset, size)
    return this.#bytes.subarray(at, at + size)
  }
}
