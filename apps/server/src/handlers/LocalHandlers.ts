/** The folder picker. */
import * as Effect from "effect/Effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import { Api } from "../api/Api.ts"
import { Forbidden, NotThere, Unavailable } from "../api/Problem.ts"
import { Service } from "../http/Service.ts"
import * as SideAnswers from "../side/SideAnswers.ts"

const narrow = (problem: SideAnswers.Failing): Unavailable =>
  problem._tag === "Unavailable" ? problem : new Unavailable({ code: problem.code, detail: problem.message })

export const local = HttpApiBuilder.group(
  Api,
  "local",
  Effect.fn(function* (handlers) {
    const { roots, side } = yield* Service
    return handlers.handle(
      "folders",
      Effect.fnUntraced(function* ({ query: { path = null } }) {
        const answer = yield* Effect.mapError(
          SideAnswers.folders(side, { _tag: "Folders", ...roots, name: path }),
          narrow
        )
        if (answer._tag === "Found") return answer.found
        if (answer._tag === "NotThere") return yield* new NotThere({ code: "NotFound", detail: answer.message })
        return yield* new Forbidden({ code: "PlaceNotAllowed", detail: answer.message })
      })
    )
  })
)
