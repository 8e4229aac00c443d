/**
 * The locks of WebDAV clients, against each other: they are kept in memory, end by themselves, and bind no other door.
 *
 * A lock is on a path and, if it is deep, on everything below. RFC 4918 §6, §7.
 */
import { randomUUID } from "node:crypto"
import * as Href from "./Href.ts"

export interface Lock {
  readonly token: string
  readonly names: ReadonlyArray<string>
  readonly isDeep: boolean
  readonly isExclusive: boolean
  /** What the client wrote about itself, as XML. */
  readonly owner: string
  readonly user: string
  readonly seconds: number
}

interface Held extends Lock {
  readonly key: string
  endsAt: number
}

export const longestSeconds = 3600
const mostLocks = 1000
const mostOfOneUser = 500

export type NotLocked = { readonly _tag: "Conflict"; readonly with: Lock } | { readonly _tag: "TooMany" }

const isAbove = (key: string, below: string): boolean => below.startsWith(`${key}/`) || (key === "" && below !== "")

export class Locks {
  readonly #held = new Map<string, Held>()
  readonly #now: () => number

  /** `now` in milliseconds. */
  constructor(now: () => number) {
    this.#now = now
  }

  #all(): ReadonlyArray<Held> {
    const now = this.#now()
    for (const lock of this.#held.values()) if (lock.endsAt <= now) this.#held.delete(lock.token)
    return [...this.#held.values()]
  }

  /** Those that hold for the path: on it, or deep above it. */
  covering(names: ReadonlyArray<string>): ReadonlyArray<Lock> {
    if (this.#held.size === 0) return []
    const key = Href.keyOf(names)
    return this.#all().filter((lock) => lock.key === key || (lock.isDeep && isAbove(lock.key, key)))
  }

  /** Those on something below the path. */
  below(names: ReadonlyArray<string>): ReadonlyArray<Lock> {
    if (this.#held.size === 0) return []
    const key = Href.keyOf(names)
    return this.#all().filter((lock) => isAbove(key, lock.key))
  }

  secondsLeft(lock: Lock): number {
    return Math.max(0, Math.round(((this.#held.get(lock.token)?.endsAt ?? 0) - this.#now()) / 1000))
  }

  add(wanted: Omit<Lock, "token">): Lock | NotLocked {
    const others = [...this.covering(wanted.names), ...(wanted.isDeep ? this.below(wanted.names) : [])]
    const other = others.find((lock) => lock.isExclusive || wanted.isExclusive)
    if (other !== undefined) return { _tag: "Conflict", with: other }
    const ofUser = this.#all().filter(({ user }) => user === wanted.user).length
    if (this.#held.size >= mostLocks || ofUser >= mostOfOneUser) return { _tag: "TooMany" }
    const lock: Held = {
      ...wanted,
      token: `opaquelocktoken:${randomUUID()}`,
      key: Href.keyOf(wanted.names),
      endsAt: this.#now() + wanted.seconds * 1000
    }
    this.#held.set(lock.token, lock)
    return lock
  }

  refresh(token: string, seconds: number): void {
    const lock = this.#held.get(token)
    if (lock !== undefined) lock.endsAt = this.#now() + seconds * 1000
  }

  remove(token: string): void {
    this.#held.delete(token)
  }

  /** What was on or below a path that is gone or moved. */
  removeFrom(names: ReadonlyArray<string>): void {
    const key = Href.keyOf(names)
    for (const lock of this.#all()) if (lock.key === key || isAbove(key, lock.key)) this.#held.delete(lock.token)
  }

  /**
   * The lock that forbids a change of `names`, given the tokens that were submitted. Of several shared ones one token is
   * enough.
   */
  forbidding(
    names: ReadonlyArray<string>,
    tokens: ReadonlySet<string>,
    what: { readonly isMembership?: boolean; readonly withBelow?: boolean } = {}
  ): Lock | undefined {
    const held = (locks: ReadonlyArray<Lock>) =>
      locks.length === 0 || locks.some(({ token }) => tokens.has(token)) ? undefined : locks[0]
    const own = held(this.covering(names))
    if (own !== undefined) return own
    if (what.isMembership === true && names.length > 0) {
      const parent = held(this.covering(names.slice(0, -1)))
      if (parent !== undefined) return parent
    }
    return what.withBelow === true ? this.below(names).find(({ token }) => !tokens.has(token)) : undefined
  }
}
