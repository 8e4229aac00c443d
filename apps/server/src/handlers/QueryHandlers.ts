/** Rows and previews, from the side process to whoever asked. */
import * as Effect from "effect/Effect"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import { Api } from "../api/Api.ts"
import { NotThere, Refused } from "../api/Problem.ts"
import type { KindsAnswer } from "../api/query/QueryGroup.ts"
import { webStream } from "../bytes/WebStream.ts"
import { reading, Service } from "../http/Service.ts"
import type { At } from "../places/PlaceGuard.ts"
import * as TaskPlaces from "../places/TaskPlaces.ts"
import type { Family } from "../side/RequestCheck.ts"
import * as SideAnswers from "../side/SideAnswers.ts"
import type { Checked, Order } from "../side/SideWire.ts"
import * as KindScopes from "./KindScopes.ts"

const defaultLimit = 1_000

/** Where requests of jobs and queries stand in what is asked. */
const inPayload: At = ["payload", "request"]

const refused = ({ issues, message }: Extract<Checked, { readonly _tag: "Refused" }>, at: At): Refused => {
  const errors = at === undefined ? [] : issues.map(({ message, path }) => ({ path: [...at, ...path], message }))
  return new Refused({ code: "InvalidJob", detail: message, errors })
}

interface CheckOptions {
  /** Nobody will be there to give a secret. */
  readonly isAlone?: boolean
  readonly at?: At
}

/** Fails with `Refused`, which names each wrong field, or with `NotThere` where there is no such kind. */
export const checkRequest = Effect.fnUntraced(function* (
  family: Family,
  type: string,
  request: unknown,
  options: CheckOptions = {}
) {
  const { at, isAlone = false } = { at: inPayload, ...options }
  const { guard, side, tasks } = yield* Service
  yield* KindScopes.check(family, type)
  const order: Order = { _tag: "Check", family, type, request: request as never, isAlone }
  const checked = yield* SideAnswers.checked(side, order)
  if (checked._tag === "Unknown") return yield* new NotThere({ code: "NoKind", detail: checked.message })
  if (checked._tag === "Refused") return yield* refused(checked, at)
  yield* Effect.catchTag(TaskPlaces.check(guard, tasks, type, request, at), "TaskError", (error) =>
    Effect.fail(reading(error))
  )
  return checked.needs
})

/** Fails with `Refused`, which names the field, where a run that was checked is sure to go wrong. */
export const foresee = Effect.fnUntraced(function* (type: string, request: unknown) {
  const { side } = yield* Service
  const foreseen = yield* SideAnswers.checked(side, { _tag: "Foresee", type, request: request as never })
  if (foreseen._tag === "Refused") return yield* refused(foreseen, inPayload)
})

const lines = (side: Parameters<typeof SideAnswers.head>[0], order: Order) =>
  Effect.map(SideAnswers.head(side, order), (answer) =>
    HttpServerResponse.raw(webStream(answer), {
      contentType: "application/x-ndjson",
      headers: { "cache-control": "no-store", "x-accel-buffering": "no" }
    })
  )

export const query = HttpApiBuilder.group(
  Api,
  "query",
  Effect.fn(function* (handlers) {
    const { side } = yield* Service
    return handlers
      .handle("kinds", () =>
        Effect.map(Effect.orDie(SideAnswers.plain(side, { _tag: "Kinds" })), (all) => all as typeof KindsAnswer.Type)
      )
      .handle(
        "rows",
        Effect.fnUntraced(function* ({ params: { kind }, payload: { limit = defaultLimit, request } }) {
          yield* checkRequest("query", kind, request)
          return yield* SideAnswers.rows(side, { _tag: "Rows", type: kind, request }, limit)
        })
      )
      .handle(
        "allRows",
        Effect.fnUntraced(function* ({ params: { kind }, payload: { request } }) {
          yield* checkRequest("query", kind, request)
          return yield* lines(side, { _tag: "Rows", type: kind, request })
        })
      )
      .handle(
        "preview",
        Effect.fnUntraced(function* ({ payload: { kind, request } }) {
          yield* checkRequest("job", kind, request)
          return yield* lines(side, { _tag: "Preview", type: kind, request })
        })
      )
      .handle(
        "check",
        Effect.fnUntraced(function* ({ payload: { kind, request } }) {
          yield* checkRequest("job", kind, request)
          yield* foresee(kind, request)
        })
      )
  })
)
