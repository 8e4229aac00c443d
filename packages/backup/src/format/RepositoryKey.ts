/**
 * From a password to the keys of a repository.
 *
 * scrypt makes keys of the password, and these open the box with the master
 * keys, which everything else is sealed with.
 */
import { randomBytes, type ScryptOptions, scrypt as scryptCallback } from "node:crypto"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import type { Keys } from "./Crypto.ts"
import { makeBox } from "./Crypto.ts"

export interface ScryptParameters {
  /** A power of two; the memory it takes is `128 * N * r` bytes. */
  readonly N: number
  readonly r: number
  readonly p: number
}

export const saltSize = 64
const derivedSize = 64

/** What is asked of an own machine at most. Anybody who may write to the storage can plant a key; true ones take up to 128 MiB. */
const maximumMemory = 512 * 1024 ** 2

/** Bytes that scrypt goes through: a machine of today does some 300 MB of them in a second, and a true key takes two. */
const maximumWork = 32 * 1024 ** 3

/** Why scrypt can not be run like this; `undefined` when it can. */
export const refusal = ({ N, p, r }: ScryptParameters): string | undefined => {
  const areCounts = [N, r, p].every((each) => Number.isSafeInteger(each) && each > 0)
  if (!areCounts || N < 2 || !Number.isInteger(Math.log2(N)) || r * p >= 2 ** 30) {
    return `scrypt does not know the parameters N=${N}, r=${r}, p=${p}`
  }
  if (128 * N * r > maximumMemory) return `scrypt with N=${N}, r=${r} would take more than 512 MiB of memory`
  return 128 * N * r * p > maximumWork
    ? `scrypt with N=${N}, r=${r}, p=${p} would take minutes for every try`
    : undefined
}

const scrypt = (password: Buffer, salt: Uint8Array, { N, p, r }: ScryptParameters): Effect.Effect<Buffer> =>
  Effect.callback((resume) => {
    const options: ScryptOptions = { N, r, p, maxmem: 256 * N * r + 128 * r * p + 1024 * 1024 }
    scryptCallback(password, salt, derivedSize, options, (error, derived) =>
      resume(error === null ? Effect.succeed(derived) : Effect.die(error))
    )
  })

/** The keys of a password: its bytes as they are, in UTF-8. `refusal` has passed the parameters. */
export const derive = (
  password: Redacted.Redacted<string>,
  salt: Uint8Array,
  parameters: ScryptParameters
): Effect.Effect<Keys> =>
  Effect.map(scrypt(Buffer.from(Redacted.value(password), "utf8"), salt, parameters), (derived) => ({
    encrypt: derived.subarray(0, 32),
    macK: derived.subarray(32, 48),
    macR: derived.subarray(48, 64)
  }))

/** A password takes about this long to try, in milliseconds of CPU time. */
const targetMillis = 500

const cpuMillis = (since: NodeJS.CpuUsage): number => {
  const { system, user } = process.cpuUsage(since)
  return (system + user) / 1000
}

let calibrated: ScryptParameters | undefined

/**
 * Parameters that take this machine half a second and 32 MiB; measured once. CPU
 * time is measured: a key lasts for years, and shall not be weak because the
 * machine was busy when it was made.
 */
export const calibrate: Effect.Effect<ScryptParameters> = Effect.suspend(() => {
  if (calibrated !== undefined) return Effect.succeed(calibrated)
  const sample = Buffer.from("calibration")
  const go = (N: number): Effect.Effect<ScryptParameters> =>
    Effect.suspend(() => {
      const start = process.cpuUsage()
      return Effect.flatMap(scrypt(sample, sample, { N, r: 8, p: 1 }), () => {
        const millis = cpuMillis(start)
        if (millis > targetMillis && N > 1024) return go(N / 2)
        calibrated = { N, r: 8, p: Math.max(1, Math.floor(targetMillis / millis)) }
        return Effect.succeed(calibrated)
      })
    })
  return go(32_768)
})

/** New master keys. */
export const generate = (): Keys => ({ encrypt: randomBytes(32), macK: randomBytes(16), macR: randomBytes(16) })

const MasterKeys = Schema.fromJsonString(
  Schema.Struct({
    mac: Schema.Struct({ k: Schema.String, r: Schema.String }),
    encrypt: Schema.String
  })
)
const decodeMasterKeys = Schema.decodeUnknownOption(MasterKeys)

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64")

/** The box of the master keys, to be opened with the keys of a password. */
export const seal = (user: Keys, { encrypt, macK, macR }: Keys): Buffer => {
  const json = JSON.stringify({ mac: { k: base64(macK), r: base64(macR) }, encrypt: base64(encrypt) })
  return makeBox(user).seal(Buffer.from(json))
}

/** `WrongPassword` when the box does not open; `Malformed` when what is in it are no keys. */
export const unseal = (user: Keys, data: Uint8Array): Keys | "WrongPassword" | "Malformed" => {
  const json = makeBox(user).open(data)
  if (json === undefined) return "WrongPassword"
  const master = Option.getOrUndefined(decodeMasterKeys(json.toString("utf8")))
  if (master === undefined) return "Malformed"
  const keys = {
    encrypt: Buffer.from(master.encrypt, "base64"),
    macK: Buffer.from(master.mac.k, "base64"),
    macR: Buffer.from(master.mac.r, "base64")
  }
  const isWhole = keys.encrypt.length === 32 && keys.macK.length === 16 && keys.macR.length === 16
  // A part of zeros only is a key that was never made.
  const isMade = Object.values(keys).every((part) => part.some((byte) => byte !== 0))
  return isWhole && isMade ? keys : "Malformed"
}
