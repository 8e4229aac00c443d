/** Passwords as argon2id hashes, in the usual text form, so that their cost can be raised later. */
import { argon2, randomBytes, timingSafeEqual } from "node:crypto"
import * as Effect from "effect/Effect"
import * as Semaphore from "effect/Semaphore"

interface Cost {
  /** KiB. */
  readonly memory: number
  readonly passes: number
  readonly parallelism: number
}

/** OWASP's first choice: 19 MiB and two passes. */
const cost: Cost = { memory: 19_456, passes: 2, parallelism: 1 }
const tagLength = 32

/** Twenty sign-ins at once would take 400 MB. */
const turn = Semaphore.makeUnsafe(2)

const derive = (password: string, nonce: Buffer, { memory, parallelism, passes }: Cost): Effect.Effect<Buffer> =>
  Effect.callback<Buffer>((resume) => {
    const parameters = { message: password.normalize("NFC"), nonce, parallelism, tagLength, memory, passes }
    argon2("argon2id", parameters, (error, key) => resume(error === null ? Effect.succeed(key) : Effect.die(error)))
  }).pipe(turn.withPermit)

const text = (buffer: Buffer): string => buffer.toString("base64").replace(/=+$/, "")

const write = ({ memory, parallelism, passes }: Cost, nonce: Buffer, key: Buffer): string =>
  `$argon2id$v=19$m=${memory},t=${passes},p=${parallelism}$${text(nonce)}$${text(key)}`

const form = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/

export const hash = (password: string): Effect.Effect<string> =>
  Effect.suspend(() => {
    const nonce = randomBytes(16)
    return Effect.map(derive(password, nonce, cost), (key) => write(cost, nonce, key))
  })

/** Made of nothing: whoever has no password costs as much as whoever has. */
const nobody = write(cost, Buffer.alloc(16), Buffer.alloc(tagLength))

/** Takes as long where there is no hash. An empty password is never right. */
export const matches = (password: string, stored: string | null): Effect.Effect<boolean> =>
  Effect.suspend(() => {
    const [, memory, passes, parallelism, nonce = "", key = ""] = form.exec(stored ?? nobody) ?? []
    const asked = { memory: Number(memory), passes: Number(passes), parallelism: Number(parallelism) }
    return Effect.map(derive(password, Buffer.from(nonce, "base64"), asked), (derived) => {
      const known = Buffer.from(key, "base64")
      return stored !== null && password !== "" && known.length === derived.length && timingSafeEqual(known, derived)
    })
  })
