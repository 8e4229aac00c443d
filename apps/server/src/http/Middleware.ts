/** What stands in front of every route: who calls, whether they may, and what is noted of it. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as HttpApiError from "effect/http-api/HttpApiError"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as SchemaIssue from "effect/SchemaIssue"
import { Authorization, type Caller, CurrentCaller, Needs, Noted, OnlyLooks, Permission } from "../api/Callers.ts"
import { Forbidden, Unauthenticated } from "../api/Problem.ts"
import * as Authenticate from "./Authenticate.ts"
import { Connection } from "./Connection.ts"
import * as Guards from "./Guards.ts"
import * as Mistake from "./Mistake.ts"
import { kept, Service } from "./Service.ts"

/** The same for every way of not being known: which of them it was helps only who should not be. */
export const unauthenticated = (): Unauthenticated =>
  new Unauthenticated({ code: "Unauthenticated", detail: "sign in, or show a token that holds" })

export const authorization = Layer.effect(
  Authorization,
  Effect.map(Service, ({ people }) => {
    const as = (find: () => Caller | undefined) =>
      Effect.fnUntraced(function* <A, E, R>(effect: Effect.Effect<A, E, R>) {
        const connection = yield* Connection
        const caller = yield* kept(() => connection.caller ?? Authenticate.bySocket(connection) ?? find())
        if (caller === undefined) return yield* unauthenticated()
        connection.caller = caller
        return yield* Effect.provideService(effect, CurrentCaller, caller)
      })
    return Authorization.of({
      bearer: (effect, { credential }) => as(() => Authenticate.byToken(people, Redacted.value(credential)))(effect),
      session: (effect, { credential }) =>
        Effect.flatMap(Connection, ({ isSecure }) =>
          as(() => (isSecure ? Authenticate.bySession(people, Redacted.value(credential)) : undefined))(effect)
        ),
      // Without TLS no browser is sure to keep the other one. With TLS this one could be set by whoever is between.
      plainSession: (effect, { credential }) =>
        Effect.flatMap(Connection, ({ isSecure }) =>
          as(() => (isSecure ? undefined : Authenticate.bySession(people, Redacted.value(credential))))(effect)
        )
    })
  })
)

export const permission = Layer.succeed(
  Permission,
  Permission.of((effect, { endpoint }) =>
    Effect.gen(function* () {
      const { name, scopes } = yield* CurrentCaller
      const needed = Context.get(endpoint.annotations, Needs)
      if (!scopes.includes(needed)) {
        return yield* new Forbidden({ code: "Forbidden", detail: `${name} may not do that here: it needs "${needed}"` })
      }
      return yield* effect
    })
  )
)

const format = SchemaIssue.makeFormatterStandardSchemaV1()

/** Why what a handler gave is no answer of its route, in words that hold no value of it. */
const wrongAnswer = (error: unknown): Error | undefined => {
  if (!HttpApiError.HttpApiSchemaError.is(error)) return undefined
  if (error.kind !== "Body" && error.kind !== "ResponseHeaders") return undefined
  const issues = format(error.cause.issue).issues.map(
    ({ message, path = [] }) => `${path.map(String).join(".")}: ${message}`
  )
  return new Error(`the answer is none of its route: ${issues.join("; ")}`)
}

/** `say` takes what died, for the log; callers are told a number by which it is found there. */
export const noted = (say: (line: string) => void) =>
  Layer.succeed(
    Noted,
    Noted.of((effect, { endpoint, group }) => {
      const route = `${group.identifier}.${endpoint.identifier}`
      const told = (defect: unknown) =>
        Effect.sync(() => HttpServerResponse.fromWeb(Guards.problem(Mistake.told(defect, say, route))))
      return Effect.gen(function* () {
        const connection = yield* Connection
        connection.route = route
        connection.onlyLooks = Context.get(endpoint.annotations, OnlyLooks)
        return yield* effect
      }).pipe(
        Effect.catch((error) => {
          const wrong = wrongAnswer(error)
          return wrong === undefined ? Effect.fail(error) : told(wrong)
        }),
        Effect.catchDefect(told)
      )
    })
  )
