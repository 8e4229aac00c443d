/** Times as text, also those beyond year 9999, where JavaScript writes `+012015-…` or refuses: a disk keeps times up to year 292,277,026,596. */

/** The calendar repeats itself, days of the week too, after 400 years. */
const cycleYears = 400
const cycleMillis = 146_097 * 86_400_000

/** A time within four centuries from 1970, and the years to be added to it. */
const folded = (milliseconds: number): { readonly date: Date; readonly years: number } => {
  const cycles = Math.floor(milliseconds / cycleMillis)
  return { date: new Date(milliseconds - cycles * cycleMillis), years: cycles * cycleYears }
}

const firstNear = Date.parse("0001-01-01T00:00:00Z")
const firstFar = Date.parse("9999-01-01T00:00:00Z")
const isNear = (milliseconds: number): boolean => milliseconds >= firstNear && milliseconds < firstFar

const yearText = (year: number): string => `${year < 0 ? "-" : ""}${String(Math.abs(year)).padStart(4, "0")}`

/** `2026-11-21T20:45:00.123Z`, and `12015-01-01T00:00:00.000Z` for what is far away. */
export const iso = (milliseconds: number): string => {
  if (isNear(milliseconds)) return new Date(milliseconds).toISOString()
  const far = folded(milliseconds)
  return `${yearText(far.date.getUTCFullYear() + far.years)}${far.date.toISOString().slice(4)}`
}

const two = (part: number): string => (part < 10 ? `0${part}` : `${part}`)

const madeLocal = (milliseconds: number): string => {
  const { date, years } = isNear(milliseconds) ? { date: new Date(milliseconds), years: 0 } : folded(milliseconds)
  const day = `${yearText(date.getFullYear() + years)}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`
}

/** Clocks have differed from UTC by whole minutes since 1972, when Liberia's, the last of the others, was put forward. */
const firstWholeMinute = Date.parse("1972-02-01T00:00:00Z")
const minuteMillis = 60_000
let minute = Number.NaN
let minuteText = ""

/** `2026-11-21 20:45:00`, in local time. The last minute is remembered, as rows of a listing often share it. */
export const local = (milliseconds: number): string => {
  if (milliseconds < firstWholeMinute) return madeLocal(milliseconds)
  const its = Math.floor(milliseconds / minuteMillis)
  if (its !== minute) {
    minute = its
    minuteText = madeLocal(milliseconds).slice(0, -2)
  }
  return minuteText + two(Math.floor((milliseconds - its * minuteMillis) / 1000))
}
