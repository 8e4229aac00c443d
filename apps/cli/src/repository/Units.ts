/** Sizes, spans of time and moments as restic's flags take them. What is wrong is said in a sentence that begins with what was typed. */
import * as Result from "effect/Result"

type Read = (typed: string) => Result.Result<number, string>

const powers = ["", "k", "m", "g", "t"]

/** Bytes in `500`, `500K`, `1.5G`; a number alone counts bytes. */
export const size: Read = (typed) => {
  const [, number, prefix = ""] = /^(\d+(?:\.\d+)?)([kmgt]?)(?:i?b)?$/i.exec(typed) ?? []
  return number === undefined
    ? Result.fail(`"${typed}" is not a size; write a number with K, M, G or T, such as 500M`)
    : Result.succeed(Math.floor(Number(number) * 1024 ** powers.indexOf(prefix.toLowerCase())))
}

const millis: { readonly [unit: string]: number } = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000
}

/** Whole milliseconds in `90s`, `1h30m`, `7d`. */
export const duration: Read = (typed) => {
  if (!/^(\d+(\.\d+)?(ms|[smhdw]))+$/.test(typed)) {
    return Result.fail(`"${typed}" is not a span of time; write a number with s, m, h, d or w, such as 5m`)
  }
  const parts = typed.matchAll(/(\d+(?:\.\d+)?)(ms|[smhdw])/g)
  const sum = Array.from(parts).reduce((sum, [, number, unit]) => sum + Number(number) * millis[unit!]!, 0)
  return Result.succeed(Math.round(sum))
}

/** Milliseconds since 1970 of `2026-11-21`, `2026-11-21 20:45:00` (local time) or a time with its offset. */
export const moment: Read = (typed) => {
  const isDay = /^\d{4}-\d\d-\d\d$/.test(typed)
  const isTime = /^\d{4}-\d\d-\d\d[ T]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)?$/.test(typed)
  const [day, hour] = [Number(typed.slice(8, 10)), Number(typed.slice(11, 13))]
  const lastDay = new Date(Date.UTC(Number(typed.slice(0, 4)), Number(typed.slice(5, 7)), 0)).getUTCDate()
  // Of a day that the month does not have, and of hour 24, JavaScript would make the next.
  const isReal = day <= lastDay && hour < 24
  const time = isDay || isTime ? Date.parse(isDay ? `${typed}T00:00:00` : typed.replace(" ", "T")) : Number.NaN
  return Number.isNaN(time) || !isReal
    ? Result.fail(`"${typed}" is not a time; write it like "2026-11-21 20:45:00"`)
    : Result.succeed(time)
}

/** Bytes of so many MiB, from `least` to `most` of them. */
export const mebibytes =
  (least: number, most: number): Read =>
  (typed) => {
    const count = /^\d{1,9}$/.test(typed) ? Number(typed) : Number.NaN
    return count >= least && count <= most
      ? Result.succeed(count * 1024 * 1024)
      : Result.fail(`"${typed}" must be a whole number between ${least} and ${most}`)
  }
