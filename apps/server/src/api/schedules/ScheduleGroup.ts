/** Tasks that are started by the clock. */
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as Schema from "effect/Schema"
import { Needs, OnlyLooks } from "../Callers.ts"
import { Forbidden, NotNow, NotThere, Refused, StorageFailed, Unavailable } from "../Problem.ts"
import { Kind } from "../query/QueryGroup.ts"
import { spelled, text } from "../Text.ts"
import { TaskAnswer } from "../tasks/TaskAnswer.ts"

const moment = Schema.Int.annotate({ description: "Milliseconds since 1970 UTC" })

const fields = {
  name: spelled(/^(?=[\s\S]*[^\s\ufeff])[\s\S]{1,80}$/u, "1 to 80 characters, not all of them spaces"),
  kind: Kind,
  request: Schema.Json,
  cron: text(1, 200).annotate({
    description: "Five fields, or @hourly, @daily, @weekly, @monthly, @yearly"
  }),
  zone: text(0, 64).annotate({
    description: "An IANA zone, such as Europe/Berlin"
  }),
  /** What becomes of a run that was due while nothing ran. */
  missed: Schema.Literals(["skip", "once"]),
  isOn: Schema.Boolean
}

const rare = {
  jitterMillis: Schema.Int.pipe(Schema.check(Schema.isBetween({ minimum: 0, maximum: 86_400_000 }))).annotate({
    description: "Runs begin up to so many milliseconds later, always as many"
  }),
  watch: Schema.NullOr(Schema.String).annotate({
    description: "An absolute folder: it also runs soon after something in there has changed"
  })
}

export const NewSchedule = Schema.Struct({
  ...fields,
  jitterMillis: Schema.optionalKey(rare.jitterMillis),
  watch: Schema.optionalKey(rare.watch)
}).annotate({ identifier: "NewSchedule" })
export type NewSchedule = typeof NewSchedule.Type

export const ScheduleChange = Schema.Struct({
  name: Schema.optionalKey(fields.name),
  request: Schema.optionalKey(fields.request),
  cron: Schema.optionalKey(fields.cron),
  zone: Schema.optionalKey(fields.zone),
  missed: Schema.optionalKey(fields.missed),
  isOn: Schema.optionalKey(fields.isOn),
  jitterMillis: Schema.optionalKey(rare.jitterMillis),
  watch: Schema.optionalKey(rare.watch)
}).annotate({ identifier: "ScheduleChange" })

export const ScheduleAnswer = Schema.Struct({
  id: Schema.String,
  ...fields,
  ...rare,
  hooks: Schema.Struct({ before: Schema.NullOr(Schema.String), after: Schema.NullOr(Schema.String) }).annotate({
    description: "The programs that are run around each of its runs; set by the command line only"
  }),
  machine: Schema.optionalKey(Schema.String).annotateKey({ description: "Where it was made, and runs" }),
  createdAt: moment,
  /** The next runs, at most three; none while it is off. */
  next: Schema.Array(moment),
  lastTask: Schema.NullOr(TaskAnswer),
  lastSuccessAt: Schema.NullOr(moment),
  /** A run that was due and not made, and why. */
  lastMissed: Schema.NullOr(Schema.Struct({ at: moment, because: Schema.String }))
}).annotate({ identifier: "Schedule" })
export type ScheduleAnswer = typeof ScheduleAnswer.Type

const one = { params: { id: text(0, 64) } }

const failing = { error: [NotThere, NotNow, Refused, Forbidden, StorageFailed, Unavailable] }

export class ScheduleGroup extends HttpApiGroup.make("schedules")
  .add(
    HttpApiEndpoint.get("schedules", "/schedules", {
      success: Schema.Array(ScheduleAnswer),
      ...failing
    }).annotate(Needs, "read"),
    HttpApiEndpoint.post("addSchedule", "/schedules", {
      payload: NewSchedule,
      success: ScheduleAnswer.pipe(HttpApiSchema.status(201)),
      ...failing
    }).annotate(Needs, "run"),
    /** When an expression comes due, before it is saved. */
    HttpApiEndpoint.post("due", "/schedules/due", {
      payload: Schema.Struct({ cron: fields.cron, zone: fields.zone }),
      success: Schema.Struct({ next: Schema.Array(moment) }),
      ...failing
    })
      .annotate(Needs, "read")
      .annotate(OnlyLooks, true),
    HttpApiEndpoint.patch("changeSchedule", "/schedules/:id", {
      ...one,
      payload: ScheduleChange,
      success: ScheduleAnswer,
      ...failing
    }).annotate(Needs, "run"),
    HttpApiEndpoint.delete("removeSchedule", "/schedules/:id", {
      ...one,
      success: HttpApiSchema.NoContent,
      ...failing
    }).annotate(Needs, "run"),
    HttpApiEndpoint.post("runNow", "/schedules/:id/run", {
      ...one,
      success: TaskAnswer.pipe(HttpApiSchema.status(201)),
      ...failing
    }).annotate(Needs, "run")
  )
  .prefix("/api/v1") {}
