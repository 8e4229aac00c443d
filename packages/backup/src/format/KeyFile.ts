/**
 * A file of `keys/`: the master keys in a box that one password opens.
 *
 * It is plain JSON, in restic's order of fields.
 */
import { randomBytes } from "node:crypto"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as Machine from "../system/Machine.ts"
import type { Keys } from "./Crypto.ts"
import * as RepositoryKey from "./RepositoryKey.ts"

export interface KeyFile extends RepositoryKey.ScryptParameters {
  /** RFC 3339; "" where the file does not say. */
  readonly created: string
  readonly username: string
  readonly hostname: string
  readonly salt: Uint8Array
  /** The box of the master keys. */
  readonly data: Uint8Array
}

const text = Schema.optionalKey(Schema.NullOr(Schema.String))

const Stored = Schema.fromJsonString(
  Schema.Struct({
    created: text,
    username: text,
    hostname: text,
    kdf: Schema.String,
    N: Schema.Number,
    r: Schema.Number,
    p: Schema.Number,
    salt: Schema.String,
    data: Schema.String
  })
)
const decodeStored = Schema.decodeUnknownOption(Stored)

/** The key file in `bytes`, or why it is none. Fields that are not known are passed over. */
export const decode = (bytes: Uint8Array): KeyFile | string => {
  const stored = Option.getOrUndefined(decodeStored(Buffer.from(bytes).toString("utf8")))
  if (stored === undefined) return "it is not the JSON of a key"
  const { N, kdf, p, r } = stored
  if (kdf !== "scrypt") return `its keys are derived by "${kdf}", and this program knows scrypt only`
  const salt = Buffer.from(stored.salt, "base64")
  if (salt.length !== RepositoryKey.saltSize) return `its salt has ${salt.length} bytes instead of 64`
  const refusal = RepositoryKey.refusal({ N, r, p })
  if (refusal !== undefined) return refusal
  const { created, hostname, username } = stored
  return {
    created: created ?? "",
    username: username ?? "",
    hostname: hostname ?? "",
    N,
    r,
    p,
    salt,
    data: Buffer.from(stored.data, "base64")
  }
}

export interface CreateOptions {
  /** What this machine is called in the list of keys, instead of its own names. */
  readonly username?: string | undefined
  readonly hostname?: string | undefined
  /** Calibrated for this machine when absent. */
  readonly scrypt?: RepositoryKey.ScryptParameters | undefined
}

/** The bytes of a new key file. */
export const create = Effect.fnUntraced(function* (
  password: Redacted.Redacted<string>,
  master: Keys,
  options: CreateOptions = {}
): Effect.fn.Return<Buffer> {
  const { N, p, r } = options.scrypt ?? (yield* RepositoryKey.calibrate)
  const salt = randomBytes(RepositoryKey.saltSize)
  const user = yield* RepositoryKey.derive(password, salt, { N, r, p })
  const machine = Machine.current()
  const stored = {
    created: new Date(yield* Clock.currentTimeMillis).toISOString(),
    username: options.username ?? machine.username,
    hostname: options.hostname ?? machine.hostname,
    kdf: "scrypt",
    N,
    r,
    p,
    salt: salt.toString("base64"),
    data: RepositoryKey.seal(user, master).toString("base64")
  }
  return Buffer.from(JSON.stringify(stored))
})

/** The master keys, or why they do not come out. Takes as long as scrypt does. */
export const open = (
  file: KeyFile,
  password: Redacted.Redacted<string>
): Effect.Effect<Keys | "WrongPassword" | "Malformed"> =>
  Effect.map(RepositoryKey.derive(password, file.salt, file), (user) => RepositoryKey.unseal(user, file.data))
