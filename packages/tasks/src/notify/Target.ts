/** Where notifications go, as the configuration says: `[notifications.NAME]`. */
import * as ConfigurationFile from "@ourclone/core/configuration/ConfigurationFile"
import type { RemoteError } from "@ourclone/core/configuration/RemoteError"
import * as Effect from "effect/Effect"
import * as Toml from "effect/encoding/Toml"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"

/** What may be worth a word: a task that failed, the first good one after it, any other good one, a schedule that had none for too long. */
export const Occasion = Schema.Literals(["failure", "recovery", "absence", "success"])
export type Occasion = typeof Occasion.Type

const common = {
  on: Schema.optionalKey(Schema.Array(Occasion)),
  /** Only those of these schedules, by name. */
  schedules: Schema.optionalKey(Schema.Array(Schema.String))
}
const url = Schema.String.pipe(Schema.check(Schema.isPattern(/^https?:\/\//)))
/** A service on this machine or in its network, which strangers must not be led to. */
const onMyNetwork = Schema.optionalKey(Schema.Boolean)

export const Target = Schema.Union([
  /** As Standard Webhooks says; `secret` begins with `whsec_`. */
  Schema.Struct({
    type: Schema.Literal("webhook"),
    url,
    secret: Schema.optionalKey(Schema.String),
    onMyNetwork,
    ...common
  }),
  /** A topic: `https://ntfy.sh/my-topic`. */
  Schema.Struct({
    type: Schema.Literal("ntfy"),
    url,
    token: Schema.optionalKey(Schema.String),
    onMyNetwork,
    ...common
  }),
  /** A check of healthchecks.io or its like, which tells of absence itself: each end of a run is told. */
  Schema.Struct({ type: Schema.Literal("healthchecks"), url, onMyNetwork, ...common }),
  Schema.Struct({
    type: Schema.Literal("mail"),
    host: Schema.String,
    port: Schema.optionalKey(Schema.Int),
    user: Schema.optionalKey(Schema.String),
    password: Schema.optionalKey(Schema.String),
    from: Schema.String,
    to: Schema.String,
    /** Without TLS, for a relay on this machine. */
    plain: Schema.optionalKey(Schema.Boolean),
    onMyNetwork,
    ...common
  })
])
export type Target = typeof Target.Type

export interface NamedTarget {
  readonly name: string
  readonly target: Target
}

const decode = Schema.decodeUnknownResult(Target)

const refuse = (path: string, message: string): RemoteError =>
  ConfigurationFile.malformed(path, { line: 1, column: 1, message })

/** Those of the configuration at `path`, by name. Fails with `MalformedConfiguration`, which names the one that makes no sense. */
export const read = Effect.fnUntraced(function* (
  path: string
): Effect.fn.Return<ReadonlyArray<NamedTarget>, RemoteError> {
  const { text } = yield* ConfigurationFile.read(path)
  const tables: unknown = Result.getOrElse(Toml.parse(text), (): Record<string, unknown> => ({})).notifications ?? {}
  if (typeof tables !== "object" || tables === null || Array.isArray(tables)) {
    return yield* refuse(path, '"notifications" must hold tables, each written as [notifications.NAME]')
  }
  const targets: Array<NamedTarget> = []
  for (const [name, table] of Object.entries(tables)) {
    const target = decode(table)
    if (Result.isFailure(target)) {
      const types = "webhook, ntfy, healthchecks or mail, with what that needs"
      return yield* refuse(path, `notification "${name}" makes no sense: its type must be ${types}`)
    }
    targets.push({ name, target: target.success })
  }
  return targets
})

/** One who watches for absence itself must hear of every end. */
const usual = (type: Target["type"]): ReadonlyArray<Occasion> =>
  type === "healthchecks" ? ["failure", "recovery", "success"] : ["failure", "recovery", "absence"]

/** What it wants to hear of. */
export const occasionsOf = ({ on, type }: Target): ReadonlyArray<Occasion> => on ?? usual(type)

/** Whether it wants to hear of that. */
export const wants = (target: Target, occasion: Occasion, schedule: string | undefined): boolean =>
  occasionsOf(target).includes(occasion) &&
  (target.schedules === undefined || (schedule !== undefined && target.schedules.includes(schedule)))
