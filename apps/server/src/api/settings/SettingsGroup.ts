/** What the service is told about itself, what was done with it, and what it is. */
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as Schema from "effect/Schema"
import { Needs } from "../Callers.ts"
import { Refused, Unavailable } from "../Problem.ts"
import { limit, number } from "../Whole.ts"

const fields = {
  runningAtOnce: Schema.Int.pipe(Schema.check(Schema.isBetween({ minimum: 1, maximum: 64 }))).annotate({
    description: "How many tasks run at the same time"
  }),
  /** Days after which facts and outcomes of tasks that ended go, and the tasks themselves. */
  keepFactsDays: Schema.Int.pipe(Schema.check(Schema.isBetween({ minimum: 1, maximum: 3650 }))),
  keepTasksDays: Schema.Int.pipe(Schema.check(Schema.isBetween({ minimum: 1, maximum: 3650 })))
}

export const SettingsAnswer = Schema.Struct(fields).annotate({ identifier: "Settings" })
export type SettingsAnswer = typeof SettingsAnswer.Type

export const SettingsChange = Schema.Struct({
  runningAtOnce: Schema.optionalKey(fields.runningAtOnce),
  keepFactsDays: Schema.optionalKey(fields.keepFactsDays),
  keepTasksDays: Schema.optionalKey(fields.keepTasksDays)
}).annotate({ identifier: "SettingsChange" })

const price = Schema.Finite.pipe(Schema.check(Schema.isBetween({ minimum: 0, maximum: 1_000_000 })))

const prices = {
  storedGBMonth: price.annotate({ description: "US dollars for a GB of 1,000,000,000 bytes and 30 days" }),
  fetchedGB: price.annotate({ description: "US dollars for a GB that is fetched" })
}

export const OwnRates = Schema.Struct(prices).annotate({ identifier: "OwnRates" })
export type OwnRates = typeof OwnRates.Type

/** What the page computes costs by; null where it is what the service's own table of the storage says. */
export const RatesAnswer = Schema.Struct({
  own: Schema.NullOr(
    Schema.Struct({ ...prices, asOf: Schema.String.annotate({ description: "The day on which they were given" }) })
  )
}).annotate({ identifier: "Rates" })
export type RatesAnswer = typeof RatesAnswer.Type

export const AuditEntry = Schema.Struct({
  id: Schema.Int,
  at: Schema.Int,
  /** A user; empty where nobody was known. */
  who: Schema.String,
  /** The id of the token that was shown, if one was. */
  token: Schema.NullOr(Schema.String),
  from: Schema.String.annotate({ description: "The address" }),
  what: Schema.String.annotate({ description: "The route, such as tasks.start" }),
  on: Schema.String.annotate({ description: "The object, such as a task's id or a remote's name" }),
  status: Schema.Int
}).annotate({ identifier: "AuditEntry" })
export type AuditEntry = typeof AuditEntry.Type

export const AboutAnswer = Schema.Struct({
  version: Schema.String,
  host: Schema.String,
  platform: Schema.String,
  startedAt: Schema.Int,
  /** Folders of the machine that tasks may touch; none when nothing is allowed. */
  roots: Schema.Array(Schema.String),
  isTls: Schema.Boolean,
  zone: Schema.String,
  /** Sentences an admin should read, such as that the configuration can be read by others. */
  warnings: Schema.Array(Schema.String)
}).annotate({ identifier: "About" })
export type AboutAnswer = typeof AboutAnswer.Type

export class SettingsGroup extends HttpApiGroup.make("settings")
  .add(
    HttpApiEndpoint.get("about", "/about", { success: AboutAnswer }).annotate(Needs, "read"),
    HttpApiEndpoint.get("settings", "/settings", { success: SettingsAnswer, error: Unavailable }).annotate(
      Needs,
      "read"
    ),
    HttpApiEndpoint.patch("changeSettings", "/settings", {
      payload: SettingsChange,
      success: SettingsAnswer,
      error: [Refused, Unavailable]
    }).annotate(Needs, "admin"),
    HttpApiEndpoint.get("rates", "/settings/rates", { success: RatesAnswer, error: Unavailable }).annotate(
      Needs,
      "read"
    ),
    HttpApiEndpoint.put("changeRates", "/settings/rates", {
      payload: Schema.Struct({ own: Schema.NullOr(OwnRates) }),
      success: RatesAnswer,
      error: [Refused, Unavailable]
    }).annotate(Needs, "admin"),
    HttpApiEndpoint.get("audit", "/audit", {
      query: {
        before: number("Only entries before this one"),
        limit
      },
      success: Schema.Struct({ entries: Schema.Array(AuditEntry), isCut: Schema.Boolean }),
      error: Unavailable
    }).annotate(Needs, "admin")
  )
  .prefix("/api/v1") {}
