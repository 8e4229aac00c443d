/** At most so many requests a second, evenly, in the order they came. Without a limit it costs a comparison. */

/** Timers fire late. */
const lateMillis = 100

interface Waiting {
  readonly start: () => void
}

export class RequestPace {
  /** Between two requests; 0 without a limit. */
  #pauseMillis = 0
  #nextAt = 0
  #timer: NodeJS.Timeout | undefined
  readonly #waiting: Array<Waiting> = []

  /** From now on, for those who wait too. `undefined` is no limit. */
  limit(perSecond: number | undefined): void {
    const pause = perSecond === undefined ? 0 : 1000 / perSecond
    // What was waited for by another measure is not owed any more.
    this.#nextAt = Math.min(this.#nextAt, performance.now() + pause)
    this.#pauseMillis = pause
    this.#rest()
    this.#startDue()
  }

  #rest(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
  }

  /** Calls `start` when it is its turn. Gives what takes it back, as long as it has not started. */
  enter(start: () => void): () => void {
    if (this.#pauseMillis === 0 && this.#waiting.length === 0) {
      start()
      return () => {}
    }
    const one = { start }
    this.#waiting.push(one)
    this.#startDue()
    return () => {
      const at = this.#waiting.indexOf(one)
      if (at >= 0) this.#waiting.splice(at, 1)
      // A process that is told to end does not wait for nobody's turn.
      if (this.#waiting.length === 0) this.#rest()
    }
  }

  /** Resolves when it is its turn; rejects with the signal's reason. */
  turn(signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted === true) return reject(signal.reason)
      const onAbort = (): void => {
        leave()
        reject(signal?.reason)
      }
      const leave = this.enter(() => {
        signal?.removeEventListener("abort", onAbort)
        resolve()
      })
      signal?.addEventListener("abort", onAbort, { once: true })
    })
  }

  /** `late`: how much of the time since it was their turn is made up for, in milliseconds. */
  #startDue(late = 0): void {
    while (this.#waiting.length > 0 && this.#timer === undefined) {
      const now = performance.now()
      const wait = this.#nextAt - now
      if (wait > 0) {
        this.#timer = setTimeout(() => {
          this.#timer = undefined
          this.#startDue(lateMillis)
        }, Math.ceil(wait))
        return
      }
      this.#nextAt = Math.max(this.#nextAt, now - late) + this.#pauseMillis
      this.#waiting.shift()?.start()
    }
  }
}
