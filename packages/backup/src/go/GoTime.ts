/**
 * Instants as restic writes them: RFC 3339 with up to nine digits of fraction, in the local time zone of the machine
 * that wrote them, with the offset that was valid there at that instant.
 *
 * A backup writes two of these for each file and reads three, so what is known of a day is kept.
 */
import * as CivilDate from "./CivilDate.ts"
import * as LocalTime from "./LocalTime.ts"

/** Go's zero time: what a missing field means. */
export const zero = "0001-01-01T00:00:00Z"

const secondsOfDay = 86_400

export interface Instant {
  /** Since 1970, rounded down. */
  readonly seconds: number
  /** 0 to 999,999,999. */
  readonly nanoseconds: number
  /** Of the zone it was written in, to the east of Greenwich. */
  readonly offsetSeconds: number
}

/** The number in the two digits at `at`; -1 when they are none. */
const pair = (text: string, at: number): number => {
  const tens = text.charCodeAt(at) - 48
  const ones = text.charCodeAt(at + 1) - 48
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : -1
}

const isDigit = (code: number): boolean => code >= 48 && code <= 57

const dot = 46
const comma = 44
const colon = 58
const minus = 45
const plus = 43

/** In the zone that this process was started in. */
export const format: LocalTime.Format = LocalTime.makeFormat()

/** Of milliseconds since 1970 UTC. */
export const ofMillis = (millis: number): string => {
  const seconds = Math.floor(millis / 1000)
  return format(seconds, Math.floor(millis - seconds * 1000) * 1_000_000)
}

/** Seconds to the east; `undefined` when the rest of the text is no offset. */
const readOffset = (text: string, at: number): number | undefined => {
  if (text.length === at + 1 && text[at] === "Z") return 0
  const sign = text.charCodeAt(at)
  const hours = pair(text, at + 1)
  const minutes = pair(text, at + 4)
  if (text.length !== at + 6 || (sign !== minus && sign !== plus) || text.charCodeAt(at + 3) !== colon) return undefined
  if (hours < 0 || hours > 24 || minutes < 0 || minutes > 60) return undefined
  return (hours * 60 + minutes) * (sign === minus ? -60 : 60)
}

let lastDate = "-"
let lastDays = 0
let olderDate = "-"
let olderDays = 0

/** Days since 1970 of the date that begins the text. The times of a file are of one day or two, and its neighbours' too. */
const readDays = (text: string): number | undefined => {
  if (text.startsWith(lastDate)) return lastDays
  if (text.startsWith(olderDate)) return olderDays
  const century = pair(text, 0)
  const year = pair(text, 2)
  const month = pair(text, 5)
  const day = pair(text, 8)
  if (century < 0 || year < 0 || text.charCodeAt(4) !== minus || text.charCodeAt(7) !== minus) return undefined
  if (text[10] !== "T" || !CivilDate.isDate(century * 100 + year, month, day)) return undefined
  olderDate = lastDate
  olderDays = lastDays
  lastDate = text.slice(0, 11)
  lastDays = CivilDate.daysOf(century * 100 + year, month, day)
  return lastDays
}

/** `undefined` for what Go refuses: no offset, a day or a second that does not exist. Digits after the ninth are dropped. */
export const read = (text: string): Instant | undefined => {
  const days = readDays(text)
  if (days === undefined) return undefined
  // Go takes an hour of one digit, and the other carelessness below, but writes none of it.
  if (text.charCodeAt(12) === colon) return read(`${text.slice(0, 11)}0${text.slice(11)}`)
  const hours = pair(text, 11)
  const minutes = pair(text, 14)
  const seconds = pair(text, 17)
  if (text.charCodeAt(13) !== colon || text.charCodeAt(16) !== colon) return undefined
  if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59 || seconds < 0 || seconds > 59) return undefined
  let at = 19
  let nanoseconds = 0
  if (text.charCodeAt(at) === dot || text.charCodeAt(at) === comma) {
    let weight = 100_000_000
    for (at += 1; isDigit(text.charCodeAt(at)); at++) {
      nanoseconds += (text.charCodeAt(at) - 48) * weight
      weight = weight > 1 ? weight / 10 : 0
    }
    if (at === 20) return undefined
  }
  const offsetSeconds = readOffset(text, at)
  if (offsetSeconds === undefined) return undefined
  const local = days * secondsOfDay + hours * 3600 + minutes * 60 + seconds
  return { seconds: local - offsetSeconds, nanoseconds, offsetSeconds }
}

/** Nanoseconds since 1970. Throws `SyntaxError` where `read` gives nothing. */
export const parse = (text: string): bigint => {
  const instant = read(text)
  if (instant === undefined) throw new SyntaxError(`"${text}" is not a time with a date, a time of day and an offset`)
  return BigInt(instant.seconds) * 1_000_000_000n + BigInt(instant.nanoseconds)
}

/** Whether two texts mean the same instant, however they write it. Texts that are no times are the same as nothing. */
export const isSame = (left: string, right: string): boolean => {
  const first = read(left)
  if (first === undefined || left === right) return first !== undefined
  const second = read(right)
  return second !== undefined && first.seconds === second.seconds && first.nanoseconds === second.nanoseconds
}

/** Negative when `left` is the earlier one. Both must be times that `read` takes. */
export const compare = (left: string, right: string): number => {
  const first = read(left)
  const second = read(right)
  if (first === undefined || second === undefined) throw new SyntaxError("times to compare have to be times")
  return first.seconds - second.seconds || first.nanoseconds - second.nanoseconds
}

/** What a calendar and a clock showed where an instant was written. */
export const wallClock = ({ offsetSeconds, seconds }: Instant) => {
  const days = Math.floor((seconds + offsetSeconds) / secondsOfDay)
  return { days, date: CivilDate.dateOf(days), secondOfDay: seconds + offsetSeconds - days * secondsOfDay }
}
