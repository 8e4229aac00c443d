/** A limit on bytes per second that all transfers of one direction share. */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
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
}

/** Idle time this long, in milliseconds, is made up for; it covers timers that fire late. */
const credit = 100

/** No limit when `bytesPerSecond` is `undefined`. */
export const make = (bytesPerSecond: number | undefined): Effect.Effect<Bandwidth> => {
  if (bytesPerSecond === undefined) return Effect.succeed({ take: () => Effect.void })
  return Effect.map(Clock.currentTimeMillis, (now) => {
    const queue = Semaphore.makeUnsafe(1)
    let paidUntil = now
    const turn = (bytes: number) =>
      Clock.clockWith((clock) => {
        const spend = Effect.sync(() => {
          paidUntil = Math.max(paidUntil, clock.currentTimeMillisUnsafe() - credit) + (bytes * 1000) / bytesPerSecond
        })
        const wait = Math.ceil(paidUntil - clock.currentTimeMillisUnsafe())
        return wait > 0 ? Effect.andThen(Effect.sleep(wait), spend) : spend
      })
    return { take: (bytes) => queue.withPermit(turn(bytes)) }
  })
}

/** Bytes per second in each direction; `undefined` is no limit. */
export interface Rates {
  readonly up: number | undefined
  readonly down: number | undefined
}

/** Reads `10M`, `off` or, for up and down apart, `10M:100k`. Fails with what is wrong, in words for people. */
export const parse = (text: string): Result.Result<Rates, string> => {
  if (/[\s,]/.test(text.trim())) {
    return Result.fail(`"${text}" looks like a timetable; give one rate such as 10M, or up and down as 10M:100k`)
  }
  const [first = "", second, ...rest] = text.trim().split(":")
  if (rest.length > 0) return Result.fail(`"${text}" has more than one ":"; write up and down as 10M:100k`)
  return Result.flatMap(rate(first), (up) =>
    Result.map(second === undefined ? Result.succeed(up) : rate(second), (down) => ({ up, down }))
  )
}

const rate = (text: string) => Result.map(Size.parse(text), (bytes) => (bytes === 0 ? undefined : bytes))
