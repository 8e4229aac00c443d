/**
 * How an encrypted file is laid out: eight bytes that say what it is, a nonce of 24, then blocks of 64 KiB, each sealed by
 * XSalsa20 and Poly1305 with 16 bytes before it. The nonce goes up by one from block to block.
 */
import { createHmac, randomBytes } from "node:crypto"
import { createRequire } from "node:module"

/** The part of libsodium's binding that is used here; the package brings no types. */
interface Secretbox {
  readonly crypto_secretbox_easy: (sealed: Uint8Array, message: Uint8Array, nonce: Uint8Array, key: Uint8Array) => void
  readonly crypto_secretbox_open_easy: (
    message: Uint8Array,
    sealed: Uint8Array,
    nonce: Uint8Array,
    key: Uint8Array
  ) => boolean
}

const sodium: Secretbox = createRequire(import.meta.url)("sodium-native")

export const magic = Buffer.from("RCLONE\0\0", "latin1")
export const nonceSize = 24
export const headerSize = magic.length + nonceSize
/** In bytes, before sealing. */
export const blockSize = 64 * 1024
export const tagSize = 16
export const sealedSize = blockSize + tagSize

export const makeNonce = (): Buffer => randomBytes(nonceSize)

/**
 * The nonce of the bytes that `digest` tells from all others, stored as `place`: the same again, so that an upload in parts
 * that was cut off can go on. Other bytes have another, since two messages under one nonce give each other away.
 */
export const derivedNonce = (key: Buffer, place: ReadonlyArray<string | number>, digest: string): Buffer => {
  const own = createHmac("sha256", key).update("nonces of large files of OurClone").digest()
  return createHmac("sha256", own)
    .update(JSON.stringify([...place, digest]))
    .digest()
    .subarray(0, nonceSize)
}

/** That of block `index`: a number of 24 bytes, the lowest first. */
export const nonceOf = (first: Buffer, index: number): Buffer => {
  const nonce = Buffer.from(first)
  let carry = index
  for (let at = 0; carry > 0 && at < nonceSize; at++) {
    const sum = nonce[at]! + (carry % 256)
    nonce[at] = sum & 0xff
    carry = Math.floor(carry / 256) + (sum >> 8)
  }
  return nonce
}

/** In bytes, of a file of `size` bytes once it is encrypted. */
export const encryptedSize = (size: number): number => headerSize + size + Math.ceil(size / blockSize) * tagSize

/** The reverse; `undefined` for a size that no encrypted file has. */
export const plainSize = (size: number): number | undefined => {
  const body = size - headerSize
  if (body < 0) return undefined
  const whole = Math.floor(body / sealedSize)
  const rest = body % sealedSize
  if (rest === 0) return whole * blockSize
  return rest > tagSize ? whole * blockSize + rest - tagSize : undefined
}

export const seal = (block: Uint8Array, nonce: Buffer, key: Buffer): Buffer => {
  const sealed = Buffer.allocUnsafeSlow(block.length + tagSize)
  sodium.crypto_secretbox_easy(sealed, block, nonce, key)
  return sealed
}

/** `undefined` where it was sealed by another key, or is damaged. */
export const open = (sealed: Uint8Array, nonce: Buffer, key: Buffer): Buffer | undefined => {
  if (sealed.length <= tagSize) return undefined
  const block = Buffer.allocUnsafeSlow(sealed.length - tagSize)
  return sodium.crypto_secretbox_open_easy(block, sealed, nonce, key) ? block : undefined
}
