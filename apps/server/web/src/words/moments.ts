/** Times as people read them; the exact one is always there, the relative one only beside it. */
const exact = new Intl.DateTimeFormat("sv-SE", { dateStyle: "short", timeStyle: "short" })
const day = new Intl.DateTimeFormat("sv-SE", { dateStyle: "short" })
const clock = new Intl.DateTimeFormat("sv-SE", { timeStyle: "short" })
const month = new Intl.DateTimeFormat("en-GB", { month: "long", year: "numeric" })
const weekday = new Intl.DateTimeFormat("en-GB", { weekday: "short" })

/** `2026-11-29 20:45`, local. */
export const exactly = (millis: number): string => exact.format(millis)
/** `November 2026`, local. */
export const monthOf = (millis: number): string => month.format(millis)
export const dayOf = (millis: number): string => day.format(millis)

/** `20:45` today, `Fri 20:45` within a week, else the date. */
export const shortly = (millis: number, now: number): string => {
  if (day.format(millis) === day.format(now)) return clock.format(millis)
  const isNear = Math.abs(now - millis) < 6 * 86_400_000
  return isNear ? `${weekday.format(millis)} ${clock.format(millis)}` : day.format(millis)
}

const spans = [
  [86_400_000, "day"],
  [3_600_000, "hour"],
  [60_000, "min"]
] as const

/** `2 min ago`, `in 3 days`. */
export const relatively = (millis: number, now: number): string => {
  const apart = Math.abs(now - millis)
  const [size, name] = spans.find(([span]) => apart >= span) ?? [60_000, "min"]
  const count = Math.floor(apart / size)
  if (count === 0) return millis > now ? "in a moment" : "just now"
  const words = `${count} ${name}${count === 1 || name === "min" ? "" : "s"}`
  return millis > now ? `in ${words}` : `${words} ago`
}
