/** Who is told how tasks end. An address may be a secret by itself, as that of a topic is: it goes in and never comes out. */
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as Schema from "effect/Schema"
import { Needs } from "../Callers.ts"
import { NotThere, Refused, StorageFailed, Unavailable } from "../Problem.ts"
import { spelled, text } from "../Text.ts"

export const NotificationType = Schema.Literals(["webhook", "ntfy", "healthchecks", "mail"])
export type NotificationType = typeof NotificationType.Type

/** As in the configuration: a failure, the first good end after it, a schedule without a good end, any good end. */
export const Occasion = Schema.Literals(["failure", "recovery", "absence", "success"]).annotate({
  identifier: "Occasion"
})
export type Occasion = typeof Occasion.Type

const someText = text(1, 2000)
const optional = (description: string) => Schema.optionalKey(someText).annotateKey({ description })
const portNumber = Schema.Int.pipe(Schema.check(Schema.isBetween({ minimum: 1, maximum: 65_535 })))

/** What is left out stays as it was, where one of that name and type is there. */
export const NewNotification = Schema.Struct({
  type: NotificationType,
  url: Schema.optionalKey(
    spelled(
      /^https?:\/\/(?:[A-Za-z0-9.-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(?::[0-9]{1,5})?(?:\/[^\s\ufeff]{0,1500})?$/u,
      "an address such as https://example.com/hook"
    )
  ).annotateKey({ description: "Of webhook, ntfy and healthchecks; ntfy's ends with the topic" }),
  secret: optional("Of a webhook its whsec_…, of ntfy a token, of mail the password"),
  host: optional("Of mail: the server that takes it"),
  port: Schema.optionalKey(Schema.NullOr(portNumber)).annotateKey({ description: "Of mail; null is the usual one" }),
  user: Schema.optionalKey(Schema.NullOr(someText)).annotateKey({ description: "Of mail; null is nobody" }),
  from: optional("Of mail"),
  to: optional("Of mail"),
  plain: Schema.optionalKey(Schema.Boolean).annotateKey({ description: "Of mail: without TLS" }),
  onMyNetwork: Schema.optionalKey(Schema.Boolean).annotateKey({
    description: "The address may be of this machine or its network"
  }),
  on: Schema.optionalKey(Schema.Array(Occasion)).annotateKey({
    description: "Failures, recoveries and absences when left out"
  }),
  schedules: Schema.optionalKey(Schema.Array(Schema.String)).annotateKey({
    description: "Only tasks of these schedules, by name; of all, and those without one, where it is empty"
  })
}).annotate({ identifier: "NewNotification" })
export type NewNotification = typeof NewNotification.Type

export const NotificationAnswer = Schema.Struct({
  name: Schema.String,
  type: NotificationType,
  /** The host that is told, or whom a mail is for. */
  to: Schema.String,
  on: Schema.Array(Occasion),
  schedules: Schema.NullOr(Schema.Array(Schema.String)),
  hasSecret: Schema.Boolean,
  onMyNetwork: Schema.Boolean,
  /** Of mail; null for the others. */
  mail: Schema.NullOr(
    Schema.Struct({
      host: Schema.String,
      port: Schema.NullOr(Schema.Int),
      user: Schema.NullOr(Schema.String),
      from: Schema.String,
      plain: Schema.Boolean
    })
  ),
  /** A message that did not arrive, the newest; null where all did. */
  problem: Schema.NullOr(Schema.Struct({ at: Schema.Int, message: Schema.String }))
}).annotate({ identifier: "Notification" })
export type NotificationAnswer = typeof NotificationAnswer.Type

const NotificationName = spelled(
  /^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/u,
  "up to 64 of A-Z a-z 0-9 _ . and -, beginning with a letter or digit"
)
const named = { params: { name: NotificationName } }

export class NotificationGroup extends HttpApiGroup.make("notifications")
  .add(
    HttpApiEndpoint.get("notifications", "/notifications", {
      success: Schema.Array(NotificationAnswer),
      error: [StorageFailed, Unavailable]
    }).annotate(Needs, "admin"),
    HttpApiEndpoint.put("putNotification", "/notifications/:name", {
      ...named,
      payload: NewNotification,
      success: NotificationAnswer,
      error: [Refused, StorageFailed, Unavailable]
    }).annotate(Needs, "admin"),
    HttpApiEndpoint.delete("removeNotification", "/notifications/:name", {
      ...named,
      success: HttpApiSchema.NoContent,
      error: [NotThere, StorageFailed]
    }).annotate(Needs, "admin"),
    /** Sends a message, and says whether it was taken. */
    HttpApiEndpoint.post("testNotification", "/notifications/:name/test", {
      ...named,
      success: Schema.Struct({ failure: Schema.NullOr(Schema.String) }),
      error: [NotThere, StorageFailed]
    }).annotate(Needs, "admin")
  )
  .prefix("/api/v1") {}
