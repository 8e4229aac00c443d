/** Who is told how tasks end: kept in the configuration, told by the host of the tasks. */
import { randomUUID } from "node:crypto"
import type { RemoteError } from "@ourclone/core/configuration/RemoteError"
import type { Surroundings } from "@ourclone/core/configuration/Secret"
import * as ConfiguredTargets from "@ourclone/tasks/notify/ConfiguredTargets"
import * as Sending from "@ourclone/tasks/notify/Sending"
import * as Target from "@ourclone/tasks/notify/Target"
import * as Effect from "effect/Effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as SchemaIssue from "effect/SchemaIssue"
import { Api } from "../api/Api.ts"
import { NotThere, Refused, StorageFailed } from "../api/Problem.ts"
import type { NewNotification, NotificationAnswer } from "../api/settings/NotificationGroup.ts"
import { about } from "../http/Connection.ts"
import { Service } from "../http/Service.ts"
import { literal } from "./Literal.ts"

const problemsRead = 100

const failed = (error: RemoteError): StorageFailed =>
  new StorageFailed({ code: error.reason._tag, detail: error.message, isRetryable: false })

/** The field that holds what is secret beside the address. */
const secretOf = { webhook: "secret", ntfy: "token", healthchecks: undefined, mail: "password" } as const

type Fields = Readonly<Record<string, unknown>>

const answerOf = ({ name, target }: Target.NamedTarget, problem: NotificationAnswer["problem"]): NotificationAnswer => {
  const secret = secretOf[target.type]
  return {
    name,
    type: target.type,
    to: target.type === "mail" ? target.to : (URL.parse(target.url)?.host ?? ""),
    on: Target.occasionsOf(target),
    schedules: target.schedules ?? null,
    hasSecret: secret !== undefined && (target as Fields)[secret] !== undefined,
    onMyNetwork: target.onMyNetwork === true,
    mail:
      target.type === "mail"
        ? {
            host: target.host,
            port: target.port ?? null,
            user: target.user ?? null,
            from: target.from,
            plain: target.plain === true
          }
        : null,
    problem
  }
}

/** Whom it is sent to, and with it the secret. */
const addressOf = (fields: Fields): unknown => (fields.type === "mail" ? fields.host : fields.url)

/**
 * What was given, over what was there before where that is of the same type; null takes a field away. A secret stays with the address that it was
 * given for: for another one it is to be given again.
 */
const tableOf = ({ on, schedules, secret, ...given }: NewNotification, before: Target.Target | undefined): Fields => {
  const { schedules: chosen, ...others }: Fields = before?.type === given.type ? before : {}
  const wanted = schedules ?? (chosen as ReadonlyArray<string> | undefined) ?? []
  const field = secretOf[given.type]
  const address = addressOf(given)
  const isElsewhere = address !== undefined && address !== addressOf(others)
  const kept = Object.entries(others).filter(([name]) => !isElsewhere || name !== field)
  const fields = Object.entries({ ...Object.fromEntries(kept), ...given })
  return {
    ...Object.fromEntries(fields.filter(([, value]) => value !== null)),
    ...(on === undefined ? {} : { on }),
    ...(wanted.length === 0 ? {} : { schedules: wanted }),
    ...(secret === undefined || field === undefined ? {} : { [field]: literal(secret) })
  }
}

const decode = Schema.decodeUnknownResult(Target.Target, { onExcessProperty: "error", errors: "all" })
const format = SchemaIssue.makeFormatterStandardSchemaV1()

const refused = (error: Schema.SchemaError): Refused =>
  new Refused({
    code: "InvalidNotification",
    detail: "that is no notification of its type: a field is missing, or of another type",
    errors: format(error.issue).issues.map(({ message, path = [] }) => ({
      path: ["payload", ...path.map(String)],
      message
    }))
  })

const noReferences: Surroundings = { environment: {}, home: "/", directory: "/" }

export const notifications = HttpApiBuilder.group(
  Api,
  "notifications",
  Effect.fn(function* (handlers) {
    const { clock, remotes, surroundings = noReferences, tasks } = yield* Service
    const file = remotes.configurationFile
    const all = Effect.mapError(Target.read(file), failed)
    const find = Effect.fnUntraced(function* (name: string) {
      const found = (yield* all).find((one) => one.name === name)
      if (found !== undefined) return found
      return yield* new NotThere({ code: "NoNotification", detail: `no notification is called "${name}"` })
    })
    return handlers
      .handle(
        "notifications",
        Effect.fnUntraced(function* () {
          const problems = yield* Effect.catch(tasks.deliveries.problems(problemsRead), () => Effect.succeed([]))
          return (yield* all).map((named) => {
            const found = problems.find(({ target }) => target === named.name)
            return answerOf(named, found === undefined ? null : { at: found.createdAt, message: found.error ?? "" })
          })
        })
      )
      .handle(
        "putNotification",
        Effect.fnUntraced(function* ({ params: { name }, payload }) {
          yield* about(name)
          const before = (yield* all).find((one) => one.name === name)
          const target = decode(tableOf(payload, before?.target))
          if (Result.isFailure(target)) return yield* refused(target.failure)
          const named = { name, target: target.success }
          yield* Effect.mapError(ConfiguredTargets.put(file, named), failed)
          return answerOf(named, null)
        })
      )
      .handle(
        "removeNotification",
        Effect.fnUntraced(function* ({ params: { name } }) {
          yield* about(name)
          yield* find(name)
          yield* Effect.mapError(ConfiguredTargets.remove(file, name), failed)
        })
      )
      .handle(
        "testNotification",
        Effect.fnUntraced(function* ({ params: { name } }) {
          yield* about(name)
          const { target } = yield* find(name)
          const data = { task: null, kind: null, schedule: null, failed: 0 }
          const message = { occasion: "recovery", title: "A test of OurClone", body: "All is well.", data } as const
          const sent = { id: `msg_${randomUUID()}`, at: clock(), message }
          return yield* Effect.match(Sending.send(target, sent, surroundings), {
            onFailure: (failure) => ({ failure }),
            onSuccess: () => ({ failure: null })
          })
        })
      )
  })
)
