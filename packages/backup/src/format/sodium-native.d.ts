/** The part of libsodium's binding that is used here; the package brings no types. */
declare module "sodium-native" {
  const sodium: {
    readonly crypto_onetimeauth: (tag: Uint8Array, message: Uint8Array, key: Uint8Array) => void
    /** False when the bytes are not those that were sealed with the key. */
    readonly crypto_secretbox_open_easy: (
      message: Uint8Array,
      box: Uint8Array,
      nonce: Uint8Array,
      key: Uint8Array
    ) => boolean
    readonly crypto_onetimeauth_verify: (tag: Uint8Array, message: Uint8Array, key: Uint8Array) => boolean
  }
  export default sodium
}
