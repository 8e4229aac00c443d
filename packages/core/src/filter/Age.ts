/** Lengths of time as people write them: `1h30m`, `10d` or a date in options, `1h30m5s` in output. */
import * as Result from "effect/Result"

const second = 1000
const day = 24 * 60 * 60 * second

const clockUnits: Record<string, number> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  μs: 1e-3,
  ms: 1,
  s: second,
  m: 60 * second,
  h: 60 * 60 * second
}
const calendarUnits: Record<string, number> = { "": second, d: day, w: 7 * day, M: 30 * day, y: 365 * day }

const number = "(?:\\d+\\.?\\d*|\\.\\d+)"
const clockPart = new RegExp(`(${number})(ns|us|µs|μs|ms|s|m|h)`, "gy")
const calendar = new RegExp(`^([-+]?${number})([dwMy]?)$`)
const date = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d):(\d\d)(\.\d+)?)?(Z|[-+]\d\d:\d\d)?$/

const parseClock = (text: string): number | undefined => {
  const unsigned = text.replace(/^[-+]/, "")
  let total = 0
  let end = 0
  for (const match of unsigned.matchAll(clockPart)) {
    total += Number(match[1]) * (clockUnits[match[2] ?? ""] ?? 0)
    end = match.index + match[0].length
  }
  if (end === 0 || end < unsigned.length) return undefined
  return text.startsWith("-") ? -total : total
}

/** Without a zone, in the zone of this machine. */
const parseDate = (text: string): number | undefined => {
  const [match, year, month, dayOfMonth, hour = "00", minute = "00", seconds = "00", fraction = "", zone = ""] =
    date.exec(text) ?? []
  if (match === undefined || (zone !== "" && !text.includes("T"))) return undefined
  if (Number(hour) > 23) return undefined
  if (Number(dayOfMonth) > new Date(Date.UTC(Number(year), Number(month), 0)).getUTCDate()) return undefined
  const instant = Date.parse(
    `${year}-${month}-${dayOfMonth}T${hour}:${minute}:${seconds}${fraction.slice(0, 4)}${zone}`
  )
  return Number.isNaN(instant) ? undefined : instant
}

/**
 * Reads a length of time (`1h30m`, `1.5d`, `2w`, `6M` of 30 days, `1y`, seconds
 * when it is a number alone), a date, whose age at `now` it gives, or `off`,
 * which gives `undefined`. The result is in milliseconds, negative for what is
 * still to come. Fails with what is wrong, in words for people.
 */
export const parse = (text: string, now: number): Result.Result<number | undefined, string> => {
  if (text === "off") return Result.succeed(undefined)
  const clock = parseClock(text)
  if (clock !== undefined) return Result.succeed(clock)
  const [, count, unit = ""] = calendar.exec(text) ?? []
  if (count !== undefined) return Result.succeed(Number(count) * (calendarUnits[unit] ?? second))
  const instant = parseDate(text)
  if (instant !== undefined) return Result.succeed(now - instant)
  return Result.fail(
    `"${text}" is not an age; write one such as 1h30m, 10d, 2w, 6M or 1y, a date such as 2024-02-29, or "off"`
  )
}

const shown = [
  ["y", 365 * day],
  ["w", 7 * day],
  ["d", day],
  ["h", 60 * 60 * second],
  ["m", 60 * second],
  ["s", second],
  ["ms", 1]
] as const

/** The three largest units of a number of milliseconds: `3d23h47m`, `1m30s`, `0s`. */
export const format = (milliseconds: number): string => {
  let rest = Math.abs(Math.round(milliseconds))
  const parts: Array<string> = []
  for (const [unit, length] of shown) {
    const count = Math.floor(rest / length)
    rest -= count * length
    if (count > 0 && parts.length < 3) parts.push(`${count}${unit}`)
  }
  if (parts.length === 0) return "0s"
  return `${milliseconds < 0 ? "-" : ""}${parts.join("")}`
}
