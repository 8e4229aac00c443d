/** Sizes, spans of time and moments as restic's flags take them. */
import * as Effect from "effect/Effect"
import { type CommandStopped, usage } from "../ExitCode.ts"

const powers = ["", "k", "m", "g", "t"]

/** Bytes in `500`, `500K`, `1.5G`; a number alone counts bytes. */
export const size = (flag: string, text: string): Effect.Effect<number, CommandStopped> => {
  const [, number, prefix = ""] = /^(\d+(?:\.\d+)?)([kmgt]?)(?:i?b)?$/i.exec(text) ?? []
  return number === undefined
    ? usage(`--${flag}: "${text}" is not a size; write a number with K, M, G or T, such as 500M`)
    : Effect.succeed(Math.floor(Number(number) * 1024 ** powers.indexOf(prefix.toLowerCase())))
}

const millis: { readonly [unit: string]: number } = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000
}

/** Milliseconds in `90s`, `1h30m`, `7d`. */
export const duration = (flag: string, text: string): Effect.Effect<number, CommandStopped> => {
  if (!/^(\d+(\.\d+)?(ms|[smhdw]))+$/.test(text)) {
    return usage(`--${flag}: "${text}" is not a span of time; write a number with s, m, h, d or w, such as 5m`)
  }
  const parts = text.matchAll(/(\d+(?:\.\d+)?)(ms|[smhdw])/g)
  return Effect.succeed(Array.from(parts).reduce((sum, [, number, unit]) => sum + Number(number) * millis[unit!]!, 0))
}

/** Milliseconds since 1970 of `2026-11-21`, `2026-11-21 20:45:00` (local time) or a time with its offset. */
export const moment = (flag: string, text: string): Effect.Effect<number, CommandStopped> => {
  const isDay = /^\d{4}-\d\d-\d\d$/.test(text)
  const isTime = /^\d{4}-\d\d-\d\d[ T]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)?$/.test(text)
  const [day, hour] = [Number(text.slice(8, 10)), Number(text.slice(11, 13))]
  const lastDay = new Date(Date.UTC(Number(text.slice(0, 4)), Number(text.slice(5, 7)), 0)).getUTCDate()
  // Of a day that the month does not have, and of hour 24, JavaScript would make the next.
  const isReal = day <= lastDay && hour < 24
  const time = isDay || isTime ? Date.parse(isDay ? `${text}T00:00:00` : text.replace(" ", "T")) : Number.NaN
  return Number.isNaN(time) || !isReal
    ? usage(`--${flag}: "${text}" is not a time; write it like "2026-11-21 20:45:00"`)
    : Effect.succeed(time)
}

/** `read` of what was given, if it was. */
export const optional = <A>(
  flag: string,
  text: string | undefined,
  read: (flag: string, text: string) => Effect.Effect<A, CommandStopped>
): Effect.Effect<A | undefined, CommandStopped> => (text === undefined ? Effect.succeed(undefined) : read(flag, text))
