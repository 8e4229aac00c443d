/** When a task starts by itself. */
import * as Schema from "effect/Schema"
import * as Struct from "effect/Struct"
import { Hooks, noHooks } from "./Hooks.ts"

const moment = Schema.NullOr(Schema.Int)

export const Schedule = Schema.Struct({
  id: Schema.String,
  /** For people; tells one from the others. */
  name: Schema.String,
  /** `JobKind.type`, and its request, which holds no secret. */
  kind: Schema.String,
  request: Schema.Json,
  /** Five fields, or `@daily` and its kin. */
  cron: Schema.String,
  /** IANA: where the clock of the expression stands. */
  zone: Schema.String,
  /** Each run begins up to so many milliseconds later, always as many for one schedule. */
  jitterMillis: Schema.Int,
  /** An absolute folder: it also runs soon after something in there has changed. */
  watch: Schema.NullOr(Schema.String),
  /** What becomes of the newest run that was due while nothing was there to start it. */
  missed: Schema.Literals(["skip", "once"]),
  /** Around each run of its tasks. */
  hooks: Hooks,
  isOn: Schema.Boolean,
  /** What it does was said by a caller of a service, who may not use every folder: it is held against what is allowed at each start. */
  isOfService: Schema.optionalKey(Schema.Boolean),
  /** Who made it. */
  by: Schema.NullOr(Schema.String),
  /** The host name of the machine where it was made, as for its tasks. */
  machine: Schema.optionalKey(Schema.String),
  createdAt: Schema.Int,
  /** Runs that were due until then have been started or passed over. */
  lookedAt: Schema.Int,
  /** A run that was due and not made, and why. */
  lastMissed: Schema.NullOr(Schema.Struct({ at: Schema.Int, because: Schema.String })),
  lastSuccessAt: moment
})
export type Schedule = typeof Schedule.Type

/** What a person says of it. */
export const Plan = Schedule.mapFields(
  Struct.pick([
    "name",
    "kind",
    "request",
    "cron",
    "zone",
    "jitterMillis",
    "watch",
    "missed",
    "hooks",
    "isOn",
    "isOfService"
  ])
)
export type Plan = typeof Plan.Type

export const plain: Pick<Plan, "jitterMillis" | "watch" | "missed" | "hooks" | "isOn"> = {
  jitterMillis: 0,
  watch: null,
  missed: "once",
  hooks: noHooks,
  isOn: true
}
