/** Spans of the calendar as policies write them, `1y6m3d12h`: `m` is months, and there are no minutes. */
import * as CivilDate from "./CivilDate.ts"
import * as GoTime from "./GoTime.ts"

export interface CalendarDuration {
  readonly years: number
  readonly months: number
  readonly days: number
  readonly hours: number
}

const form = /^(?:\d{1,6}[ymdh])+$/

/** In any order; a letter that comes again counts the last time. `undefined` for what is no span. */
export const parse = (text: string): CalendarDuration | undefined => {
  if (!form.test(text)) return undefined
  const parts = new Map([...text.matchAll(/(\d+)([ymdh])/g)].map(([, count, letter]) => [letter, Number(count)]))
  const part = (letter: string) => parts.get(letter) ?? 0
  return { years: part("y"), months: part("m"), days: part("d"), hours: part("h") }
}

/** Largest first, without what is zero. */
export const format = ({ days, hours, months, years }: CalendarDuration): string =>
  [`${years}y`, `${months}m`, `${days}d`, `${hours}h`].filter((part) => !/^0\D$/.test(part)).join("")

export const isZero = (duration: CalendarDuration): boolean => format(duration) === ""

/**
 * The instant so long before another, by the calendar of that one's offset. A day that the month does not have
 * rolls over: a month before the 31st of March is the 2nd or 3rd of March.
 */
export const before = (instant: GoTime.Instant, duration: CalendarDuration): GoTime.Instant => {
  const { date, secondOfDay } = GoTime.wallClock(instant)
  const days = CivilDate.daysOf(date.year - duration.years, date.month - duration.months, date.day - duration.days)
  return { ...instant, seconds: days * 86_400 + secondOfDay - instant.offsetSeconds - duration.hours * 3600 }
}
