/**
 * Writing instants in the local time zone as Go does: see GoTime for the form.
 *
 * The engine is asked for an offset twice a day of the calendar, not once for each file: a day whose ends have
 * the same offset has it throughout. Days on which clocks change are asked every time.
 */
import * as CivilDate from "./CivilDate.ts"

const secondsOfDay = 86_400
const largestDate = 8_640_000_000_000
const rememberedDays = 20_000

/** Of a `Date` that local time can be read from; its ends have none to the east. */
const clampedSeconds = (seconds: number): number =>
  Math.max(-largestDate + secondsOfDay, Math.min(largestDate - secondsOfDay, seconds))

/** Seconds to the east of Greenwich, odd ones of the time before zones too. */
const offsetAt = (seconds: number): number => {
  const instant = clampedSeconds(seconds)
  const date = new Date(instant * 1000)
  const days = CivilDate.daysOf(date.getFullYear(), date.getMonth() + 1, date.getDate())
  return days * secondsOfDay + date.getHours() * 3600 + date.getMinutes() * 60 + date.getSeconds() - instant
}

const pairs = Array.from({ length: 100 }, (_, value) => String(value).padStart(2, "0"))

/** Cut to minutes, as the format has no room for more. */
const offsetText = (offset: number): string => {
  if (offset === 0) return "Z"
  const minutes = Math.trunc(Math.abs(offset) / 60)
  return `${offset <= -60 ? "-" : "+"}${pairs[Math.trunc(minutes / 60)]}:${pairs[minutes % 60]}`
}

const fractionText = (nanoseconds: number): string => {
  if (nanoseconds === 0) return ""
  const digits = String(1_000_000_000 + nanoseconds)
  let end = 10
  while (digits.charCodeAt(end - 1) === 48) end--
  return `.${digits.slice(1, end)}`
}

/** Years that have no four digits become the nearest that has, on the same day; restic does the same. */
const dateText = (days: number): string => {
  const date = CivilDate.dateOf(days)
  const year = Math.max(0, Math.min(9999, date.year))
  const { month, day } = year === date.year ? date : CivilDate.dateOf(CivilDate.daysOf(year, date.month, date.day))
  return `${String(year).padStart(4, "0")}-${pairs[month]}-${pairs[day]}T`
}

interface Zone {
  readonly offset: number
  readonly text: string
}

/** `seconds` since 1970 may be negative and is rounded down; `nanoseconds` are 0 to 999,999,999. */
export type Format = (seconds: number, nanoseconds: number) => string

/** A writer for the zone that the process is in now; a change of `TZ` later is not noticed. */
export const makeFormat = (): Format => {
  const zones = new Map<number, Zone>()
  const dates = new Map<number, string>()
  const zoneOf = (offset: number): Zone => ({ offset, text: offsetText(offset) })
  const changing: Zone = { offset: Number.NaN, text: "" }

  const zoneOfDay = (day: number): Zone => {
    const first = offsetAt(day * secondsOfDay)
    const zone = first === offsetAt((day + 1) * secondsOfDay - 1) ? zoneOf(first) : changing
    if (zones.size >= rememberedDays) zones.clear()
    zones.set(day, zone)
    return zone
  }

  const dateOfDay = (days: number): string => {
    const text = dateText(days)
    if (dates.size >= rememberedDays) dates.clear()
    dates.set(days, text)
    return text
  }

  return (seconds, nanoseconds) => {
    const day = Math.floor(seconds / secondsOfDay)
    const known = zones.get(day) ?? zoneOfDay(day)
    const zone = known === changing ? zoneOf(offsetAt(seconds)) : known
    const local = seconds + zone.offset
    const localDay = Math.floor(local / secondsOfDay)
    const rest = local - localDay * secondsOfDay
    const hours = Math.floor(rest / 3600)
    const minutes = Math.floor((rest - hours * 3600) / 60)
    const date = dates.get(localDay) ?? dateOfDay(localDay)
    const time = `${pairs[hours]}:${pairs[minutes]}:${pairs[rest - hours * 3600 - minutes * 60]}`
    return date + time + fractionText(nanoseconds) + zone.text
  }
}
