/** `migrate`: a repository of version 1 becomes one of version 2, which compresses. */
import * as Upgrade from "@ourclone/backup/care/Upgrade"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { JobKind } from "../kind/JobKind.ts"
import { access, count, locking } from "./Fields.ts"
import * as OpenedRepository from "./OpenedRepository.ts"

export const Request = Schema.Struct({ ...access, ...locking })
export type Request = typeof Request.Type

/** The version it was of, and the one it is of now; in a preview would be. */
export const Summary = Schema.Struct({ from: count, to: count })
export type Summary = typeof Summary.Type

export const kind: JobKind<"migrate", Request, Summary> = {
  type: "migrate",
  request: Request,
  summary: Summary,
  needs: OpenedRepository.needs,
  preview: (request, beside) => Effect.map(OpenedRepository.open(request, beside), Upgrade.preview),
  run: Effect.fnUntraced(function* (request, beside) {
    const repository = yield* OpenedRepository.open(request, beside)
    const upgrading = Upgrade.upgrade(repository, beside.tell)
    return yield* OpenedRepository.locked(repository, request, "exclusive", beside.tell, upgrading)
  })
}
