/** Schedules. */
import * as Effect from "effect/Effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import { Api } from "../api/Api.ts"
import { Unavailable } from "../api/Problem.ts"

const absent = Effect.suspend(() =>
  Effect.fail(new Unavailable({ code: "NoSchedules", detail: "this version starts no tasks by the clock yet" }))
)

export const schedules = HttpApiBuilder.group(
  Api,
  "schedules",
  Effect.fn(function* (handlers) {
    yield* Effect.void
    return handlers
      .handle("schedules", () => Effect.succeed([]))
      .handle("addSchedule", () => absent)
      .handle("due", () => absent)
      .handle("changeSchedule", () => absent)
      .handle("removeSchedule", () => absent)
      .handle("runNow", () => absent)
  })
)
