/** Sizes and durations as people type them. Both throw an Error that says what is wrong. */

const powers = ["", "k", "m", "g", "t"]

/** `50M` or `5MiB` in bytes; the units are powers of 1024, or of 1000 with a plain `B` as in `5MB`. */
export const parseSize = (text: string): number => {
  const match = /^(\d+(?:\.\d+)?)([kmgt]?)(i?b)?$/i.exec(text.trim())
  if (match === null) throw new Error(`"${text}" is not a size such as 5000000, 512K, 50M or 5MB`)
  const base = match[3]?.toLowerCase() === "b" ? 1000 : 1024
  return Math.round(Number(match[1]) * base ** powers.indexOf(match[2]!.toLowerCase()))
}

const durationUnits: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000 }

/** `40ms` or `2s` in milliseconds; a bare number is milliseconds. */
export const parseDuration = (text: string): number => {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m)?$/.exec(text.trim())
  if (match === null) throw new Error(`"${text}" is not a duration such as 40ms or 2s`)
  return Number(match[1]) * durationUnits[match[2] ?? "ms"]!
}
