/** The tokens B2 hands out: for the account, for uploads to one URL, and for downloads of one prefix. */
import { randomBytes } from "node:crypto"
import type { Bucket } from "./Bucket.ts"
import type { Clock } from "./Clock.ts"
import { millisecondsPerDay } from "./Clock.ts"
import { badAuthToken, expiredAuthToken } from "./Errors.ts"
import type { Key } from "./Key.ts"
import type { Version } from "./Version.ts"

export interface AccountToken {
  readonly key: Key
  expiresAt: number
  /** Set by a test mode: refused after so many calls. */
  usesLeft: number
}

export interface UploadToken {
  readonly key: Key
  readonly bucket: Bucket
  /** The large file of a part upload; null for whole files. */
  readonly largeFile: Version | null
  /** The URL's path after `/b2api/vN/`. */
  readonly path: string
  expiresAt: number
  busy: boolean
}

export interface DownloadToken {
  readonly key: Key
  readonly bucket: Bucket
  readonly fileNamePrefix: string
  readonly expiresAt: number
  /** Query values that the request must repeat exactly. */
  readonly overrides: Readonly<Record<string, string>>
}

const random = () => randomBytes(12).toString("hex")

export class Tokens {
  readonly #clock: Clock
  readonly #accounts = new Map<string, AccountToken>()
  readonly #uploads = new Map<string, UploadToken>()
  readonly #downloads = new Map<string, DownloadToken>()
  #slots = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  newAccountToken(key: Key, usesLeft = Number.POSITIVE_INFINITY): string {
    const value = `4_${key.record.applicationKeyId}_${random()}_acct_${random()}=`
    const limit = this.#clock.now() + millisecondsPerDay
    const expiresAt = Math.min(limit, key.record.expirationTimestamp ?? limit)
    this.#accounts.set(value, { key, expiresAt, usesLeft })
    return value
  }

  /** The key behind an account token. Fails with 401 `bad_auth_token` or `expired_auth_token`. */
  useAccountToken(value: string | undefined): Key {
    const token = value === undefined ? undefined : this.#accounts.get(value)
    if (token === undefined || token.key.deleted) throw badAuthToken(value === undefined ? "Missing token" : "")
    if (token.expiresAt <= this.#clock.now() || token.usesLeft <= 0) throw expiredAuthToken()
    token.usesLeft--
    return token.key
  }

  expireAccountToken(value: string): void {
    const token = this.#accounts.get(value)
    if (token !== undefined) token.expiresAt = 0
  }

  expireAccountTokens(): void {
    for (const token of this.#accounts.values()) token.expiresAt = 0
  }

  /** `path` is the part of the URL before the slot. */
  newUploadToken(key: Key, bucket: Bucket, largeFile: Version | null, path: string): { value: string; path: string } {
    const value = `4_${key.record.applicationKeyId}_${random()}_upld_${random()}=`
    const slot = (this.#slots++).toString().padStart(4, "0")
    const full = `${path}/c002_v0001110_t${slot}`
    const expiresAt = this.#clock.now() + millisecondsPerDay
    this.#uploads.set(value, { key, bucket, largeFile, path: full, expiresAt, busy: false })
    return { value, path: full }
  }

  /** Fails with 401 when the token is unknown, expired, or not the URL's. */
  uploadToken(value: string | undefined, path: string): UploadToken {
    const token = value === undefined ? undefined : this.#uploads.get(value)
    if (token === undefined || token.key.deleted || token.path !== path) throw badAuthToken("Invalid upload token")
    const now = this.#clock.now()
    if (token.expiresAt <= now || token.key.hasExpired(now)) throw expiredAuthToken()
    return token
  }

  retireUploadToken(value: string): void {
    this.#uploads.delete(value)
  }

  retireUploadTokens(retired: (token: UploadToken) => boolean): void {
    for (const [value, token] of this.#uploads) if (retired(token)) this.#uploads.delete(value)
  }

  newDownloadToken(token: Omit<DownloadToken, "expiresAt">, validSeconds: number): string {
    const value = `3_${random()}_${random()}_dnld`
    this.#downloads.set(value, { ...token, expiresAt: this.#clock.now() + validSeconds * 1000 })
    return value
  }

  /** Undefined when no such token was given out. Fails with 401 `expired_auth_token`. */
  downloadToken(value: string): DownloadToken | undefined {
    const token = this.#downloads.get(value)
    if (token === undefined || token.key.deleted) return undefined
    if (token.expiresAt <= this.#clock.now()) throw expiredAuthToken()
    return token
  }
}
