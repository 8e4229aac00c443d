/** What a `forget` keeps, as fields of its request. */
import * as ForgetPolicy from "@ourclone/backup/care/ForgetPolicy"
import * as CalendarDuration from "@ourclone/backup/go/CalendarDuration"
import * as Schema from "effect/Schema"
import { InvalidJob } from "../kind/JobError.ts"
import { text } from "../kind/RequestFields.ts"

const number = (description: string) =>
  Schema.optionalKey(
    Schema.Union([
      Schema.Literal("unlimited"),
      Schema.Int.pipe(Schema.check(Schema.isGreaterThanOrEqualTo(0)))
    ]).annotate({ description })
  )

const span = (which: string) => text(`Keep ${which} that is younger than this, such as 1y6m7d12h`)

export const keepRules = {
  keepLast: number("Keep so many of the newest"),
  keepHourly: number("Keep the newest of so many hours"),
  keepDaily: number("Keep the newest of so many days"),
  keepWeekly: number("Keep the newest of so many weeks"),
  keepMonthly: number("Keep the newest of so many months"),
  keepYearly: number("Keep the newest of so many years"),
  keepWithin: span("every one"),
  keepWithinHourly: span("the newest of each hour"),
  keepWithinDaily: span("the newest of each day"),
  keepWithinWeekly: span("the newest of each week"),
  keepWithinMonthly: span("the newest of each month"),
  keepWithinYearly: span("the newest of each year"),
  keepTag: Schema.optionalKey(
    Schema.Array(Schema.Array(Schema.String)).annotate({ description: "Keep what has all tags of one of these lists" })
  )
}

const Rules = Schema.Struct(keepRules)
export type KeepRules = typeof Rules.Type

const counts = [
  ["last", "keepLast"],
  ["hourly", "keepHourly"],
  ["daily", "keepDaily"],
  ["weekly", "keepWeekly"],
  ["monthly", "keepMonthly"],
  ["yearly", "keepYearly"]
] as const

const spans = [
  ["within", "keepWithin"],
  ["withinHourly", "keepWithinHourly"],
  ["withinDaily", "keepWithinDaily"],
  ["withinWeekly", "keepWithinWeekly"],
  ["withinMonthly", "keepWithinMonthly"],
  ["withinYearly", "keepWithinYearly"]
] as const

type Policy = { -readonly [rule in keyof ForgetPolicy.ForgetPolicy]: ForgetPolicy.ForgetPolicy[rule] }

export const policyOf = (request: KeepRules): ForgetPolicy.ForgetPolicy | InvalidJob => {
  const policy: Policy = {}
  for (const [rule, field] of counts) {
    const kept = request[field]
    if (kept !== undefined) policy[rule] = kept === "unlimited" ? ForgetPolicy.unlimited : kept
  }
  for (const [rule, field] of spans) {
    const kept = request[field]
    if (kept === undefined) continue
    const duration = CalendarDuration.parse(kept)
    if (duration === undefined) {
      const message = `"${kept}" is no span; write years, months, days and hours, such as 1y6m7d12h`
      return new InvalidJob({ field, message })
    }
    policy[rule] = duration
  }
  if (request.keepTag !== undefined && request.keepTag.length > 0) policy.tags = request.keepTag
  return policy
}
