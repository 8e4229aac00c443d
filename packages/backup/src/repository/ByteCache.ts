/** The values used last, as many as fit into a number of bytes. */
export class ByteCache<A> {
  readonly #values = new Map<string, { readonly value: A; readonly size: number }>()
  readonly #limit: number
  #used = 0

  constructor(limit: number) {
    this.#limit = limit
  }

  get(key: string): A | undefined {
    const found = this.#values.get(key)
    if (found === undefined) return undefined
    this.#values.delete(key)
    this.#values.set(key, found)
    return found.value
  }

  /** A value larger than the whole cache is not kept. */
  set(key: string, value: A, size: number): void {
    this.delete(key)
    if (size > this.#limit) return
    this.#values.set(key, { value, size })
    this.#used += size
    for (const oldest of this.#values.keys()) {
      if (this.#used <= this.#limit) return
      this.delete(oldest)
    }
  }

  delete(key: string): void {
    this.#used -= this.#values.get(key)?.size ?? 0
    this.#values.delete(key)
  }
}
