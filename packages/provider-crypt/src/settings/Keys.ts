/** What the passwords come to: a key for bytes, and a key and a tweak for names. */
import { hash, scrypt } from "node:crypto"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import type { CryptOptions } from "./CryptOptions.ts"

export interface Keys {
  readonly data: Buffer
  readonly name: Buffer
  readonly tweak: Buffer
  /** Tells them from others, and gives nothing of them away. */
  readonly id: string
}

/** Where there is no second password: rclone's `crypt`, "Key derivation". */
const usualSalt = Buffer.from("a80df43a8fbd0308a7cab83e581f86b1", "hex")
const cost = { N: 16_384, r: 8, p: 1, maxmem: 64 * 1024 * 1024 }
const [dataBytes, nameBytes, tweakBytes] = [32, 32, 16]

export const make = ({ password, password2 }: Pick<CryptOptions, "password" | "password2">): Effect.Effect<Keys> =>
  Effect.callback((resume) => {
    const second = password2 === undefined ? "" : Redacted.value(password2)
    const salt = second === "" ? usualSalt : Buffer.from(second)
    scrypt(Redacted.value(password), salt, dataBytes + nameBytes + tweakBytes, cost, (error, bytes) => {
      if (error !== null) return resume(Effect.die(error))
      const keys: Keys = {
        data: bytes.subarray(0, dataBytes),
        name: bytes.subarray(dataBytes, dataBytes + nameBytes),
        tweak: bytes.subarray(dataBytes + nameBytes),
        id: hash("sha256", Buffer.concat([Buffer.from("account of encrypted files"), bytes])).slice(0, 16)
      }
      resume(Effect.succeed(keys))
    })
  })
