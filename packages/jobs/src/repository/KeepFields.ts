/** What a `forget` keeps, as fields of its request. Light, as all fields are. */
import * as Schema from "effect/Schema"
import { text } from "../kind/RequestFields.ts"

const number = (description: string) =>
  Schema.optionalKey(
    Schema.Union([
      Schema.Literal("unlimited"),
      Schema.Int.pipe(Schema.check(Schema.isGreaterThanOrEqualTo(0)))
    ]).annotate({ description })
  )

const span = (which: string) => text(`Keep ${which} that is younger than this, such as 1y6m7d12h`)

/** A number of snapshots. */
export const keptCounts = {
  keepLast: number("Keep so many of the newest"),
  keepHourly: number("Keep the newest of so many hours"),
  keepDaily: number("Keep the newest of so many days"),
  keepWeekly: number("Keep the newest of so many weeks"),
  keepMonthly: number("Keep the newest of so many months"),
  keepYearly: number("Keep the newest of so many years")
}

/** A time before the newest snapshot. */
export const keptSpans = {
  keepWithin: span("every one"),
  keepWithinHourly: span("the newest of each hour"),
  keepWithinDaily: span("the newest of each day"),
  keepWithinWeekly: span("the newest of each week"),
  keepWithinMonthly: span("the newest of each month"),
  keepWithinYearly: span("the newest of each year")
}

export const keeping = {
  ...keptCounts,
  ...keptSpans,
  keepTag: Schema.optionalKey(
    Schema.Array(Schema.Array(Schema.String)).annotate({ description: "Keep what has all tags of one of these lists" })
  )
}
