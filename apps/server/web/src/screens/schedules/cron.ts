/** Cron expressions for people: made of a choice and a time, and told in words where they are one of those. */
export type Rhythm = "hourly" | "daily" | "weekly" | "monthly" | "own"

export const weekdays = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"] as const

export interface When {
  readonly rhythm: Rhythm
  /** `02:30`. */
  readonly time: string
  /** 0 is Sunday. */
  readonly weekday: string
  readonly own: string
}

export const cronOf = ({ own, rhythm, time, weekday }: When): string => {
  const [hour = "2", minute = "30"] = time.split(":").map((part) => String(Number(part)))
  switch (rhythm) {
    case "hourly":
      return `${minute} * * * *`
    case "daily":
      return `${minute} ${hour} * * *`
    case "weekly":
      return `${minute} ${hour} * * ${weekday}`
    case "monthly":
      return `${minute} ${hour} 1 * *`
    case "own":
      return own
  }
}

const two = (part: string) => part.padStart(2, "0")

const nicknames: Readonly<Record<string, string>> = {
  "@hourly": "0 * * * *",
  "@daily": "0 0 * * *",
  "@weekly": "0 0 * * 0",
  "@monthly": "0 0 1 * *"
}

export const cronWords = (cron: string): string => {
  const [minute = "", hour = "", day, month, weekday] = (nicknames[cron] ?? cron).split(/\s+/)
  const isTime = /^\d+$/.test(minute) && /^\d+$/.test(hour)
  const at = `${two(hour)}:${two(minute)}`
  if (/^\d+$/.test(minute) && hour === "*" && day === "*" && month === "*" && weekday === "*")
    return `every hour at :${two(minute)}`
  if (!isTime || month !== "*") return cron
  if (day === "*" && weekday === "*") return `every day at ${at}`
  if (day === "*" && weekday !== undefined && /^[0-6]$/.test(weekday))
    return `every ${weekdays[Number(weekday)]} at ${at}`
  return day === "1" && weekday === "*" ? `on the first of every month at ${at}` : cron
}
