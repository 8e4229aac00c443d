/** Rates by the hour, as rclone writes them: `10M`, `08:00,512k 19:00,off`, `Mon-08:00,1M Sat-00:00,off`. */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type * as Scope from "effect/Scope"
import * as Bandwidth from "./Bandwidth.ts"

interface Slot {
  /** Of the week, which begins on Sunday. */
  readonly minute: number
  readonly rates: Bandwidth.Rates
}

/** In the order of the week; a single one holds always. */
export type Timetable = readonly [Slot, ...ReadonlyArray<Slot>]

const days = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"]
const minutesOfDay = 24 * 60
/** No limit for now: what begins meanwhile is slowed once there is one. */
const unreached = Number.POSITIVE_INFINITY

const always = (rates: Bandwidth.Rates): Timetable => [{ minute: 0, rates }]

export const none: Timetable = always({ up: undefined, down: undefined })

/** The days that are meant; all of them where none is said. */
const daysOf = (text: string | undefined): ReadonlyArray<number> => {
  if (text === undefined) return days.map((_, index) => index)
  const word = text.toLowerCase()
  return days.flatMap((day, index) => (word === day || word === day.slice(0, 3) ? [index] : []))
}

const entry = /^(?:([A-Za-z]+)-)?(\d{1,2}):(\d{2}),(.+)$/

const slotsOf = (text: string): Result.Result<ReadonlyArray<Slot>, string> => {
  const [, day, hour, minute, rate = ""] = entry.exec(text) ?? []
  const within = daysOf(day)
  if (hour === undefined || Number(hour) > 23 || Number(minute) > 59 || within.length === 0) {
    return Result.fail(
      `"${text}" is no part of a timetable; write one such as "08:00,512k 19:00,off" or "Mon-08:00,1M"`
    )
  }
  const at = Number(hour) * 60 + Number(minute)
  return Result.map(Bandwidth.parse(rate), (rates) => within.map((one) => ({ minute: one * minutesOfDay + at, rates })))
}

/** Fails with what is wrong, in words for people. */
export const parse = (text: string): Result.Result<Timetable, string> => {
  const words = text.trim().split(/\s+/)
  if (words.length === 1 && !text.includes(",")) return Result.map(Bandwidth.parse(text), always)
  return Result.flatMap(Result.all(words.map(slotsOf)), (found) => {
    // Of one that is said twice the last holds, so that a day can be said after all of them.
    const byMinute = new Map(found.flat().map((slot) => [slot.minute, slot]))
    const [first, ...rest] = [...byMinute.values()]
      .sort((left, right) => left.minute - right.minute)
      .map(({ minute, rates: { down, up } }) => ({ minute, rates: { up: up ?? unreached, down: down ?? unreached } }))
    return first === undefined ? Result.fail(`"${text}" is no rate`) : Result.succeed([first, ...rest] as const)
  })
}

/** What holds at that moment, in milliseconds, by the clock of this machine. */
export const at = (timetable: Timetable, millis: number): Bandwidth.Rates => {
  const now = new Date(millis)
  const minute = now.getDay() * minutesOfDay + now.getHours() * 60 + now.getMinutes()
  // Before the first of the week the last of the week before still holds.
  const slot = timetable.findLast((one) => one.minute <= minute) ?? timetable.at(-1) ?? timetable[0]
  return slot.rates
}

export const changes = (timetable: Timetable): boolean => timetable.length > 1

const minuteMillis = 60_000

/** Runs `look` at each full minute, for ever: a clock that is set anew, or jumps in spring, is heeded too. */
export const eachMinute = (look: Effect.Effect<void>): Effect.Effect<never> =>
  Effect.forever(
    Effect.andThen(
      Effect.flatMap(Clock.currentTimeMillis, (now) => Effect.sleep(minuteMillis - (now % minuteMillis))),
      look
    )
  )

/** Calls `take` with what holds now, and, where it changes, at each full minute until the scope closes. */
export const follow = (
  timetable: Timetable,
  take: (rates: Bandwidth.Rates) => Effect.Effect<void>
): Effect.Effect<void, never, Scope.Scope> => {
  const look = Effect.flatMap(Clock.currentTimeMillis, (now) => take(at(timetable, now)))
  return changes(timetable) ? Effect.andThen(look, Effect.asVoid(Effect.forkScoped(eachMinute(look)))) : look
}
