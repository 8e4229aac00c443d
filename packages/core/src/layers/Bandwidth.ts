/** A limit on bytes per second that all transfers of one direction share. */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Latch from "effect/Latch"
import * as Result from "effect/Result"
import * as Semaphore from "effect/Semaphore"
import * as Size from "../filter/Size.ts"

export interface Bandwidth {
  /**
   * Waits until what was taken before has had its time, then takes `bytes`.
   * Those who wait are served in the order they came; one that is interrupted
   * while it waits has taken nothing.
   */
  readonly take: (bytes: number) => Effect.Effect<void>
  readonly isLimited: () => boolean
  /** Another limit from now on, for those who wait too. `undefined` is none. */
  readonly setRate: (bytesPerSecond: number | undefined) => Effect.Effect<void>
}

/** Idle time this long, in milliseconds, is made up for; it covers timers that fire late. */
const credit = 100

/** No limit when `bytesPerSecond` is `undefined`. */
export const make = (bytesPerSecond?: number): Effect.Effect<Bandwidth> =>
  Effect.map(Clock.currentTimeMillis, (startedAt) => {
    const queue = Semaphore.makeUnsafe(1)
    const changed = Latch.makeUnsafe(false)
    let rate = bytesPerSecond
    let paidUntil = startedAt

    const turn = (bytes: number): Effect.Effect<void> =>
      Clock.clockWith((clock) => {
        if (rate === undefined) return Effect.void
        const now = clock.currentTimeMillisUnsafe()
        const wait = Math.ceil(paidUntil - now)
        if (wait <= 0) {
          paidUntil = Math.max(paidUntil, now - credit) + (bytes * 1000) / rate
          return Effect.void
        }
        changed.closeUnsafe()
        return Effect.andThen(
          Effect.raceFirst(Effect.sleep(wait), changed.await),
          Effect.suspend(() => turn(bytes))
        )
      })
    return {
      take: (bytes) => Effect.suspend(() => (rate === undefined ? Effect.void : queue.withPermit(turn(bytes)))),
      isLimited: () => rate !== undefined,
      setRate: (next) =>
        Clock.clockWith((clock) =>
          Effect.sync(() => {
            const now = clock.currentTimeMillisUnsafe()
            const owed = Math.max(0, paidUntil - now)
            paidUntil = owed === 0 || rate === undefined || next === undefined ? now : now + (owed * rate) / next
            rate = next
            changed.openUnsafe()
          })
        )
    }
  })

/** Bytes per second in each direction; `undefined` is no limit. */
export interface Rates {
  readonly up: number | undefined
  readonly down: number | undefined
}

/** Reads `10M`, `off` or, for up and down apart, `10M:100k`. Fails with what is wrong, in words for people. */
export const parse = (text: string): Result.Result<Rates, string> => {
  const [first = "", second, ...rest] = text.trim().split(":")
  if (rest.length > 0) return Result.fail(`"${text}" has more than one ":"; write up and down as 10M:100k`)
  return Result.flatMap(rate(first), (up) =>
    Result.map(second === undefined ? Result.succeed(up) : rate(second), (down) => ({ up, down }))
  )
}

const rate = (text: string) => Result.map(Size.parse(text), (bytes) => (bytes === 0 ? undefined : bytes))
