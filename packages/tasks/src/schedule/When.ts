/** When a schedule is due. Its expression is a table of a clock somewhere, which jumps twice a year. */
import * as Cron from "effect/Cron"
import * as Result from "effect/Result"
import type { Schedule } from "../task/Schedule.ts"

/** Expressions with a name, and what they stand for. */
export const presets: Readonly<Record<string, string>> = {
  "@hourly": "0 * * * *",
  "@daily": "0 0 * * *",
  "@midnight": "0 0 * * *",
  "@weekly": "0 0 * * 0",
  "@monthly": "0 0 1 * *",
  "@yearly": "0 0 1 1 *",
  "@annually": "0 0 1 1 *"
}

export interface When {
  /** The first moment after `after`, in milliseconds. */
  readonly next: (after: number) => number
  /** The last moment that is not after `until`. */
  readonly last: (until: number) => number
}

const minute = 60_000

/**
 * Every hour means every hour, also the one that comes twice in autumn; a time of the day comes once. A time that
 * spring leaves out comes as much later.
 */
const overlapOf = (hours: string): "both" | "earlier" => (/^(\*|0{1,2}-23)(\/\d+)?$/.test(hours) ? "both" : "earlier")

const isZone = (zone: string): boolean => {
  try {
    new Intl.DateTimeFormat("en", { timeZone: zone })
    return true
  } catch {
    return false
  }
}

/** A whole number from 0 up to `jitter`, the same for the same text. */
const spread = (text: string, jitter: number): number => {
  let hash = 0x811c9dc5
  for (const character of text) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193) >>> 0
  return jitter === 0 ? 0 : hash % (jitter + 1)
}

/** What is wrong with which part, in words for people. */
export interface Wrong {
  readonly field: "cron" | "zone"
  readonly message: string
}

const wrong = (field: Wrong["field"], message: string): Result.Result<never, Wrong> => Result.fail({ field, message })

export const parse = ({
  cron,
  id = "",
  jitterMillis = 0,
  zone
}: Pick<Schedule, "cron" | "zone"> & Partial<Pick<Schedule, "id" | "jitterMillis">>): Result.Result<When, Wrong> => {
  const expression = presets[cron.trim().toLowerCase()] ?? cron.trim()
  const fields = expression.split(/\s+/)
  if (fields.length !== 5) {
    const names = Object.keys(presets).slice(0, 5).join(", ")
    return wrong(
      "cron",
      `"${cron}" is no time; write minute, hour, day, month and weekday such as "30 2 * * *", or ${names}`
    )
  }
  if (!isZone(zone)) return wrong("zone", `"${zone}" is no time zone; write one such as Europe/Berlin, or UTC`)
  const parsed = Cron.parse(expression, zone, { onDstOverlap: overlapOf(fields[1] ?? "") })
  if (Result.isFailure(parsed)) return wrong("cron", `"${cron}" is no time: ${parsed.failure.message}`)
  const later = spread(id, jitterMillis)
  const when: When = {
    next: (after) => Cron.next(parsed.success, new Date(after - later)).getTime() + later,
    // Moments are whole seconds, and the one asked for does not count.
    last: (until) =>
      Cron.prev(parsed.success, new Date(Math.floor((until - later) / 1000) * 1000 + 1000)).getTime() + later
  }
  try {
    when.next(0)
    return Result.succeed(when)
  } catch {
    return wrong("cron", `"${cron}" never comes, as no month has such a day`)
  }
}

/** The next moments after `after`; fewer where it does not come as often. */
export const upcoming = ({ next }: When, after: number, count: number): ReadonlyArray<number> => {
  const found: Array<number> = []
  for (let at = after; found.length < count; ) {
    at = next(at)
    found.push(at)
  }
  return found
}

/** A run that begins so late has been missed rather than be slow. */
export const graceMillis = 5 * minute
