/** Serves a place of a storage to restic, by the protocol of its REST server, until it is stopped. */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { JobKind } from "../kind/JobKind.ts"
import { ThisMachine } from "../kind/Surroundings.ts"
import * as Listening from "../run/Listening.ts"
import * as ResticAnswer from "./ResticAnswer.ts"
import { Summary, serveSecret, servingRestic } from "./ServeFields.ts"
import * as ServeRun from "./ServeRun.ts"

export const Request = Schema.Struct(servingRestic)
export type Request = typeof Request.Type

export const kind: JobKind<"serveRestic", Request, Summary> = {
  type: "serveRestic",
  request: Request,
  summary: Summary,
  needs: () => [serveSecret],
  refuse: Listening.refuse,
  run: Effect.fnUntraced(function* (request, beside) {
    const { cacheDirectory } = yield* ThisMachine
    const isAppendOnly = request.appendOnly === true
    const answerOf = ResticAnswer.make({ isAppendOnly, directory: cacheDirectory })
    // Locks are hidden where they can not be removed, which takes no more than writing.
    const purpose = isAppendOnly ? "sync" : "backup"
    return yield* ServeRun.run(request, beside, { answerOf, allowsLinks: false, purpose })
  })
}
