/**
 * EME, a wide-block mode: Halevi and Rogaway, "A Parallelizable Enciphering Mode" (2003). Equal names come to equal
 * ciphertexts, and each bit of one depends on each bit of the other.
 */
import { createCipheriv, createDecipheriv } from "node:crypto"

const blockSize = 16
/** Where the paper's bound ends: 128 blocks. */
export const largest = 128 * blockSize

export interface Eme {
  /** `bytes` are 1 to 128 blocks. */
  readonly encrypt: (bytes: Buffer) => Buffer
  readonly decrypt: (bytes: Buffer) => Buffer
}

const xor = (left: Uint8Array, right: Uint8Array): Buffer => {
  const result = Buffer.alloc(blockSize)
  for (let index = 0; index < blockSize; index++) result[index] = left[index]! ^ right[index]!
  return result
}

/** Times x in the field of 2^128 elements, the first byte being the lowest. */
const doubled = (block: Uint8Array): Buffer => {
  const result = Buffer.alloc(blockSize)
  for (let index = 0; index < blockSize; index++) {
    const carry = index === 0 ? (block[blockSize - 1]! >= 128 ? 135 : 0) : block[index - 1]! >> 7
    result[index] = ((block[index]! << 1) & 0xff) ^ carry
  }
  return result
}

const blocksOf = (bytes: Buffer): ReadonlyArray<Buffer> =>
  Array.from({ length: bytes.length / blockSize }, (_, index) =>
    bytes.subarray(index * blockSize, (index + 1) * blockSize)
  )

type Block = (block: Uint8Array) => Buffer

const transform = (bytes: Buffer, tweak: Buffer, masks: ReadonlyArray<Buffer>, block: Block): Buffer => {
  const first = blocksOf(bytes).map((one, index) => block(xor(one, masks[index]!)))
  const mixed = first.reduce((all, one) => xor(all, one), tweak)
  const middle = block(mixed)
  let mask = xor(mixed, middle)
  const second = first.map((one, index) => {
    if (index === 0) return one
    mask = doubled(mask)
    return xor(one, mask)
  })
  second[0] = second.slice(1).reduce((all, one) => xor(all, one), xor(tweak, middle))
  return Buffer.concat(second.map((one, index) => xor(block(one), masks[index]!)))
}

export const make = (key: Buffer, tweak: Buffer): Eme => {
  // Blocks of this mode know nothing of each other, so that one of each does for all names.
  const cipher = createCipheriv("aes-256-ecb", key, null).setAutoPadding(false)
  const decipher = createDecipheriv("aes-256-ecb", key, null).setAutoPadding(false)
  const masks: Array<Buffer> = []
  let mask: Buffer = cipher.update(Buffer.alloc(blockSize))
  for (let index = 0; index < largest / blockSize; index++) {
    mask = doubled(mask)
    masks.push(mask)
  }
  return {
    encrypt: (bytes) => transform(bytes, tweak, masks, (block) => cipher.update(block)),
    decrypt: (bytes) => transform(bytes, tweak, masks, (block) => decipher.update(block))
  }
}
