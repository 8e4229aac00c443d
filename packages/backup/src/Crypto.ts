/**
 * The sealed box that every byte of a repository is kept in:
 * `IV (16) | AES-256-CTR ciphertext | Poly1305-AES tag (16)`.
 *
 * Everything here is synchronous and may run in any thread. The tag is compared
 * in constant time and before anything is decrypted. It proves that somebody
 * with the key wrote the bytes, not that they belong where they lie: callers
 * check the SHA-256 of what they asked for.
 */
import { createCipheriv, randomFillSync } from "node:crypto"
import sodium from "sodium-native"

/** Bytes that a box is longer than what is in it. */
export const overhead = 32
const ivSize = 16
const tagSize = 16

/** The keys of one repository, or of one password. */
export interface Keys {
  /** 32 bytes, AES-256. */
  readonly encrypt: Uint8Array
  /** 16 bytes, AES-128 of the nonce. */
  readonly macK: Uint8Array
  /** 16 bytes; clamped by the function that uses it, so unclamped ones are as good. */
  readonly macR: Uint8Array
}

export interface Box {
  /** Writes the box of `plain` at `offset` of `target`, which must have room for `plain.length + overhead` bytes; gives the box's length. */
  readonly sealInto: (plain: Uint8Array, target: Uint8Array, offset: number) => number
  readonly seal: (plain: Uint8Array) => Buffer
  /** What is in the box; `undefined` when it is too short, was changed, or was sealed by other keys. */
  readonly open: (box: Uint8Array) => Buffer | undefined
}

const isZero = (bytes: Uint8Array): boolean => bytes.every((byte) => byte === 0)

const poolBoxes = 256

export const makeBox = (keys: Keys): Box => {
  // A block cipher without chaining: one object serves for ever, since each block stands for itself.
  const block = createCipheriv("aes-128-ecb", keys.macK, null).setAutoPadding(false)
  const ivs = Buffer.alloc(poolBoxes * ivSize)
  let used = ivs.length
  const oneTimeKey = Buffer.alloc(32)
  oneTimeKey.set(keys.macR, 0)
  const tag = Buffer.alloc(tagSize)

  const nextIv = (): Buffer => {
    if (used === ivs.length) {
      randomFillSync(ivs)
      used = 0
    }
    used += ivSize
    return ivs.subarray(used - ivSize, used)
  }

  const setNonce = (iv: Uint8Array): void => {
    oneTimeKey.set(block.update(iv), 16)
  }

  const sealInto: Box["sealInto"] = (plain, target, offset) => {
    const iv = nextIv()
    const end = offset + ivSize + plain.length
    target.set(iv, offset)
    const cipher = createCipheriv("aes-256-ctr", keys.encrypt, iv)
    target.set(cipher.update(plain), offset + ivSize)
    setNonce(iv)
    sodium.crypto_onetimeauth(tag, target.subarray(offset + ivSize, end), oneTimeKey)
    target.set(tag, end)
    return plain.length + overhead
  }

  return {
    sealInto,
    seal: (plain) => {
      const box = Buffer.allocUnsafeSlow(plain.length + overhead)
      sealInto(plain, box, 0)
      return box
    },
    open: (box) => {
      if (box.length < overhead) return undefined
      const iv = box.subarray(0, ivSize)
      if (isZero(iv)) return undefined
      const text = box.subarray(ivSize, box.length - tagSize)
      setNonce(iv)
      if (!sodium.crypto_onetimeauth_verify(box.subarray(box.length - tagSize), text, oneTimeKey)) return undefined
      return createCipheriv("aes-256-ctr", keys.encrypt, iv).update(text)
    }
  }
}
