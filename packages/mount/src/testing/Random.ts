/** Numbers that are the same for the same seed. */
export interface Random {
  /** A whole number from 0 to `below`, without it. */
  readonly whole: (below: number) => number
  readonly bytes: (length: number) => Buffer
}

export const random = (seed: number): Random => {
  let state = (seed ^ 0x9e3779b9) >>> 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = state
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return (mixed ^ (mixed >>> 14)) >>> 0
  }
  return {
    whole: (below) => next() % below,
    bytes: (length) => {
      const bytes = Buffer.allocUnsafe(length)
      for (let at = 0; at < length; at++) bytes[at] = next() & 0xff
      return bytes
    }
  }
}
