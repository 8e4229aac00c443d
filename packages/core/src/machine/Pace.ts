/**
 * The least pace that bytes of a body have to come at.
 *
 * A service that sends a byte now and then is never silent for long, and would keep a run for ever: 32 KiB in two minutes
 * of waiting are what the slowest line brings of the last of many files. What comes more slowly counts as broken off, and
 * may be read on over another connection.
 */

/** In bytes. */
export const least = 32 * 1024
/** Milliseconds of waiting in which so many bytes have to come. */
export const mostWaiting = 120_000
/** Of one wait no more milliseconds count: how long a connection may be silent is for its options to say. */
const mostOfOneWait = 60_000

export const message = "the bytes come too slowly to wait for the rest: less than 32 KiB in two minutes"

export class Pace {
  #bytes = 0
  #waited = 0

  /** Tells that `bytes` came after `millis` of waiting for them; whether that is too slow. */
  isTooSlow(bytes: number, millis: number): boolean {
    this.#bytes += bytes
    this.#waited += Math.min(millis, mostOfOneWait)
    if (this.#bytes < least) return this.#waited >= mostWaiting
    this.#bytes = 0
    this.#waited = 0
    return false
  }
}
