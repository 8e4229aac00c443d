/** The rules that a request of `forget` makes. */
import * as ForgetPolicy from "@ourclone/backup/care/ForgetPolicy"
import * as CalendarDuration from "@ourclone/backup/go/CalendarDuration"
import * as Schema from "effect/Schema"
import { InvalidJob } from "../kind/JobError.ts"
import { keeping } from "./KeepFields.ts"

const Rules = Schema.Struct(keeping)
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
