/** The slowness of the emulated line: a delay before each reply, and a rate for all transfers of one direction. */

/** Spaces bytes out so that all connections together keep to a rate. */
export class Bandwidth {
  /** Bytes per second; 0 is unlimited. */
  bytesPerSecond: number
  #freeAt = 0

  constructor(bytesPerSecond: number) {
    this.bytesPerSecond = bytesPerSecond
  }

  /** Books `bytes` and returns how long they take, counted from now, in milliseconds. */
  reserve(bytes: number): number {
    if (this.bytesPerSecond === 0) return 0
    const now = performance.now()
    this.#freeAt = Math.max(this.#freeAt, now) + (bytes * 1000) / this.bytesPerSecond
    return this.#freeAt - now
  }
}

export interface Network {
  /** Milliseconds before each reply. */
  latency: number
  readonly up: Bandwidth
  readonly down: Bandwidth
}

export const makeNetwork = (latency: number, bytesPerSecond: number): Network => ({
  latency,
  up: new Bandwidth(bytesPerSecond),
  down: new Bandwidth(bytesPerSecond)
})
