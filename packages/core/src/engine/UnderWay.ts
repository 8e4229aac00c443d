/**
 * Bytes that would have to be sent again if the run were stopped now: those of pieces that are not stored whole yet.
 *
 * A piece waits for its turn while too many are under way. That many are under way at most that they have 64 MB
 * together, or that each takes no more than 15 s: then what a stop costs is 15 s of the line, however fast it is.
 *
 * Of a piece that is larger than all that, one is under way, and more only while each takes no longer than one alone:
 * then what a stop costs is the time that one piece takes, which nothing can make less.
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"

/** In bytes: what may be under way on any line. */
export const mostAtRisk = 64_000_000
/** Milliseconds that a piece may take where more is under way: 15 s, less what one piece more than measured may add. */
const longestPiece = 12_000
/** In bytes: up to this size a piece is not worth counting. */
export const negligible = 1024 * 1024

interface Turn {
  readonly size: number
  isIn: boolean
}

interface Waiting {
  readonly turn: Turn
  readonly resume: () => void
}

export class UnderWay {
  #bytes = 0
  #count = 0
  /** What the line has shown to bring in the time that pieces may take, in bytes. */
  #shown = 0
  /** Bytes a millisecond that a piece brought when it was alone, or more that one brought beside others. */
  #alone = 0
  readonly #waiting: Array<Waiting> = []

  /** Runs `store` for a piece of `size` bytes once there is room for it; in order of calling. */
  piece<A, E, R>(size: number, store: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> {
    if (size <= negligible) return store
    const timed = Effect.flatMap(Clock.currentTimeMillis, (begun) => {
      const count = this.#count
      return Effect.tap(store, () =>
        Effect.map(Clock.currentTimeMillis, (now) => this.#measure(size, now - begun, count, this.#count))
      )
    })
    return Effect.suspend(() => {
      const turn = { size, isIn: false }
      return Effect.ensuring(
        Effect.andThen(this.#enter(turn), timed),
        Effect.sync(() => this.#leave(turn))
      )
    })
  }

  #mayBegin({ size }: Turn): boolean {
    return this.#count === 0 || this.#bytes + size <= Math.max(mostAtRisk, Math.ceil(this.#shown * this.#times(size)))
  }

  /** How many times as long as others a piece of `size` bytes may take: one that is too large has to. */
  #times(size: number): number {
    return size <= mostAtRisk || this.#alone === 0 ? 1 : Math.max(1, size / this.#alone / longestPiece)
  }

  #begin(turn: Turn): void {
    turn.isIn = true
    this.#bytes += turn.size
    this.#count++
  }

  #enter(turn: Turn): Effect.Effect<void> {
    return Effect.suspend(() => {
      if (this.#waiting.length === 0 && this.#mayBegin(turn)) {
        this.#begin(turn)
        return Effect.void
      }
      return Effect.callback<void>((resume) => {
        this.#waiting.push({ turn, resume: () => resume(Effect.void) })
      })
    })
  }

  /** Of a piece that is over, or that was interrupted before its turn came. */
  #leave(turn: Turn): void {
    if (turn.isIn) {
      this.#bytes -= turn.size
      this.#count--
    } else {
      const at = this.#waiting.findIndex((waiting) => waiting.turn === turn)
      if (at >= 0) this.#waiting.splice(at, 1)
    }
    for (let first = this.#waiting[0]; first && this.#mayBegin(first.turn); first = this.#waiting[0]) {
      this.#waiting.shift()
      this.#begin(first.turn)
      first.resume()
    }
  }

  /**
   * A piece took so long, and so many were under way when it began and when it ended. One more than these is tried:
   * either it adds to what the line brings, or it shows that all of the line is in use.
   */
  #measure(size: number, millis: number, atBegin: number, atEnd: number): void {
    const rate = size / Math.max(1, millis)
    this.#alone = atBegin === 1 && atEnd === 1 ? rate : Math.max(this.#alone, rate)
    const brought = longestPiece * rate
    // Of large pieces no more than one more is tried: several would be more than the line brings in that time.
    const each = size > mostAtRisk / 2 ? Math.min(brought, size) : brought
    const shown = each * (Math.min(atBegin, atEnd) + 1)
    this.#shown = shown > this.#shown ? shown : (this.#shown + shown) / 2
  }
}
