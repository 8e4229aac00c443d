/** Numbers that look random and are the same for the same seed, on every machine. Not for secrets. */
import { createHash } from "node:crypto"

/** Gives numbers from 0 up to, not including, 1. */
export type Random = () => number

/** The generator "sfc32", started from the SHA-256 of the seed. */
export const make = (seed: string): Random => {
  const state = createHash("sha256").update(seed).digest()
  let a = state.readInt32LE(0)
  let b = state.readInt32LE(4)
  let c = state.readInt32LE(8)
  let counter = 1
  return () => {
    const sum = (((a + b) | 0) + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = ((c << 21) | (c >>> 11)) + sum
    return (sum >>> 0) / 0x1_0000_0000
  }
}
