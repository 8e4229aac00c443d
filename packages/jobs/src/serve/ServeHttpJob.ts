/** Serves a place of a storage over HTTP, to be read, until it is stopped. */
import * as Schema from "effect/Schema"
import type { JobKind } from "../kind/JobKind.ts"
import * as Listening from "../run/Listening.ts"
import * as HttpAnswer from "./HttpAnswer.ts"
import { Summary, serveSecret, servingHttp } from "./ServeFields.ts"
import * as ServeRun from "./ServeRun.ts"

export const Request = Schema.Struct(servingHttp)
export type Request = typeof Request.Type

export const kind: JobKind<"serveHttp", Request, Summary> = {
  type: "serveHttp",
  request: Request,
  summary: Summary,
  needs: () => [serveSecret],
  refuse: Listening.refuse,
  run: (request, beside) =>
    ServeRun.run(request, beside, { answerOf: HttpAnswer.make, allowsLinks: true, purpose: "read" })
}
