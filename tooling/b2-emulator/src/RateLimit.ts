/** Refuses requests that come faster than they may, whatever they ask for. */
import { ApiError } from "./Errors.ts"

export class RateLimit {
  readonly #perSecond: number
  readonly #most: number
  readonly #now: () => number
  #left: number
  #since: number

  /** Up to a second's worth of requests may come at once. `now` gives milliseconds. */
  constructor(perSecond: number, now: () => number = () => performance.now()) {
    this.#perSecond = perSecond
    this.#most = Math.max(1, perSecond)
    this.#now = now
    this.#left = this.#most
    this.#since = now()
  }

  /** Counts a request; 429 `too_many_requests` when it is one too many. */
  refusal(): ApiError | undefined {
    const now = this.#now()
    this.#left = Math.min(this.#most, this.#left + ((now - this.#since) * this.#perSecond) / 1000)
    this.#since = now
    if (this.#left >= 1) {
      this.#left -= 1
      return undefined
    }
    const seconds = Math.ceil((1 - this.#left) / this.#perSecond)
    return new ApiError(429, "too_many_requests", "Too many requests", ["Retry-After", String(seconds)])
  }
}
