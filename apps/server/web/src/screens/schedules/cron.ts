/** Cron expressions for people: made of a choice and a time, and told in words where they are one of those. */
export type Rhythm = "hourly" | "hours" | "daily" | "weekly" | "monthly" | "own"

export const weekdays = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"] as const

/** They divide a day, so that runs are as far apart over midnight. */
export const hoursApart = ["2", "3", "4", "6", "8", "12"] as const

export interface When {
  readonly rhythm: Rhythm
  /** `02:30`. */
  readonly time: string
  /** 0 is Sunday. */
  readonly weekday: string
  /** One of `hoursApart`. */
  readonly hours: string
  readonly own: string
}

export const usualWhen: When = { rhythm: "daily", time: "02:30", weekday: "0", hours: "6", own: "30 2 * * 1-5" }

export const cronOf = ({ hours, own, rhythm, time, weekday }: When): string => {
  const [hour = "2", minute = "30"] = time.split(":").map((part) => String(Number(part)))
  switch (rhythm) {
    case "hourly":
      return `${minute} * * * *`
    case "hours":
      return `${minute} */${hours} * * *`
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
const isNumber = (part: string): boolean => /^\d+$/.test(part)

const nicknames: Readonly<Record<string, string>> = {
  "@hourly": "0 * * * *",
  "@daily": "0 0 * * *",
  "@weekly": "0 0 * * 0",
  "@monthly": "0 0 1 * *"
}

const rhythms = ["hourly", "hours", "daily", "weekly", "monthly"] as const

/** The choice that an expression comes from; one that comes from none is its own. */
export const whenOf = (cron: string): When => {
  const parts = (nicknames[cron] ?? cron).split(/\s+/).map((part) => (isNumber(part) ? String(Number(part)) : part))
  const [minute = "", hour = "", , , weekday = ""] = parts
  const apart = hoursApart.find((one) => hour === `*/${one}`)
  const read = {
    time: `${two(isNumber(hour) ? hour : "0")}:${two(minute)}`,
    hours: apart ?? usualWhen.hours,
    weekday: /^[0-6]$/.test(weekday) ? weekday : usualWhen.weekday,
    own: cron
  }
  const rhythm = rhythms.find((one) => cronOf({ ...read, rhythm: one }) === parts.join(" "))
  return rhythm === undefined || !isNumber(minute) ? { ...usualWhen, rhythm: "own", own: cron } : { ...read, rhythm }
}

export const cronWords = (cron: string): string => {
  const { hours, rhythm, time, weekday } = whenOf(cron)
  switch (rhythm) {
    case "hourly":
      return `every hour at ${time.slice(2)}`
    case "hours":
      return `every ${hours} hours at ${time.slice(2)}`
    case "daily":
      return `every day at ${time}`
    case "weekly":
      return `every ${weekdays[Number(weekday)]} at ${time}`
    case "monthly":
      return `on the first of every month at ${time}`
    case "own":
      return cron
  }
}
