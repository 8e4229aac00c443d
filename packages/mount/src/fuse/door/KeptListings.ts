/**
 * Which listings the kernel may go on with: those that it asked for so lately that what came with them holds for a while
 * yet. A later one is asked for anew, which brings the attributes of all its names at once.
 */
import type { Lifetimes } from "../../contract/FileSystem.ts"

const most = 10_000
/** Of the time for which names and attributes hold: the rest is for the program that reads them. */
const share = 0.5

export class KeptListings {
  readonly #askedAt = new Map<number, number>()
  readonly #now: () => number

  /** `now` in milliseconds, from anywhere. */
  constructor(now: () => number) {
    this.#now = now
  }

  /** Its names changed elsewhere. */
  forget(directory: number): void {
    this.#askedAt.delete(directory)
  }

  /** False makes the kernel ask, and is remembered as the time when it did. */
  isYoung(directory: number, { attributes, entry }: Lifetimes): boolean {
    const now = this.#now()
    const askedAt = this.#askedAt.get(directory)
    if (askedAt !== undefined && now - askedAt < Math.min(attributes, entry) * 1000 * share) return true
    this.#askedAt.delete(directory)
    this.#askedAt.set(directory, now)
    if (this.#askedAt.size > most) this.#askedAt.delete(this.#askedAt.keys().next().value ?? 0)
    return false
  }
}
