/**
 * AES-256 in counter mode, for many short texts under one key.
 *
 * `createCipheriv` makes an object for each text that the collector has to find
 * and free again: 6 µs for 5,000 bytes, where the work takes 1. So OpenSSL's
 * context is kept and called directly. Node exports these functions for addons;
 * a build without them, and one where they do not give what `createCipheriv`
 * gives, shown once for each thread, does it the long way.
 */
import { createCipheriv, createSecretKey } from "node:crypto"
import * as SystemLibrary from "@ourclone/system/SystemLibrary"

export interface CounterMode {
  /** Encrypts, or decrypts, which is the same: writes the bytes of `input` at the start of `output`. The two do not overlap. */
  readonly apply: (iv: Uint8Array, input: Uint8Array, output: Uint8Array) => void
}

const ivSize = 16
/** OpenSSL counts in an `int`. */
const mostAtOnce = 1024 ** 3

const plainly = (key: Uint8Array): CounterMode => {
  // A key of bytes is made an object at each use, which costs 30 µs.
  const secret = createSecretKey(key)
  return { apply: (iv, input, output) => output.set(createCipheriv("aes-256-ctr", secret, iv).update(input)) }
}

interface Functions {
  readonly make: SystemLibrary.SystemFunction
  readonly begin: SystemLibrary.SystemFunction
  readonly update: SystemLibrary.SystemFunction
  readonly cipher: number
  readonly contexts: FinalizationRegistry<number>
}

const find = (library: SystemLibrary.SystemLibrary): Functions | undefined => {
  const make = library.find("uintptr_t EVP_CIPHER_CTX_new()")
  const free = library.find("void EVP_CIPHER_CTX_free(uintptr_t context)")
  const begin = library.find(
    "int EVP_EncryptInit_ex(uintptr_t context, uintptr_t cipher, void *engine, const void *key, const void *iv)"
  )
  const update = library.find(
    "int EVP_EncryptUpdate(uintptr_t context, void *output, void *written, const void *input, int length)"
  )
  const cipher = library.find("uintptr_t EVP_aes_256_ctr()")
  if (make === undefined || free === undefined || begin === undefined || update === undefined || cipher === undefined)
    return undefined
  return { make, begin, update, cipher: cipher(), contexts: new FinalizationRegistry((context) => free(context)) }
}

const keeping = ({ begin, cipher, contexts, make, update }: Functions, key: Uint8Array): CounterMode | undefined => {
  const context = make()
  if (begin(context, cipher, null, key, new Uint8Array(ivSize)) !== 1) return undefined
  const written = new Int32Array(1)
  const count = new Uint8Array(written.buffer)
  const mode: CounterMode = {
    apply: (iv, input, output) => {
      if (iv.length !== ivSize || output.length < input.length) throw new Error("the text does not fit")
      let isDone = begin(context, 0, null, null, iv) === 1
      for (let at = 0; isDone && at < input.length; at += mostAtOnce) {
        const piece = at === 0 && input.length <= mostAtOnce ? input : input.subarray(at, at + mostAtOnce)
        isDone =
          update(context, at === 0 ? output : output.subarray(at), count, piece, piece.length) === 1 &&
          written[0] === piece.length
      }
      if (!isDone) throw new Error("AES failed")
    }
  }
  // It lives as long as what uses it.
  contexts.register(mode.apply, context)
  return mode
}

const isSound = (functions: Functions): boolean => {
  try {
    const key = Buffer.from("0123456789abcdef0123456789abcdef")
    const mode = keeping(functions, key)
    if (mode === undefined) return false
    // The counter goes over its end, texts are no whole blocks, and memory begins anywhere.
    const iv = Buffer.alloc(ivSize, 0xff)
    const memory = Buffer.alloc(100, "a text of some length ")
    return [0, 1, 50, 33].every((length) => {
      const output = Buffer.alloc(length + 7).subarray(3)
      mode.apply(iv, memory.subarray(5, 5 + length), output)
      const expected = createCipheriv("aes-256-ctr", key, iv).update(memory.subarray(5, 5 + length))
      return output.subarray(0, length).equals(expected) && output.subarray(length).every((byte) => byte === 0)
    })
  } catch {
    return false
  }
}

let functions: Functions | undefined

SystemLibrary.onLoad((library) => {
  const found = find(library)
  if (found !== undefined && isSound(found)) functions = found
})

/** `key` has 32 bytes. */
export const make = (key: Uint8Array): CounterMode => {
  SystemLibrary.load()
  return (functions && keeping(functions, key)) ?? plainly(key)
}
