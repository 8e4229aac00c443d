/** `unlock`: takes away locks that nobody holds any more. */
import * as Locks from "@ourclone/backup/repository/Locks"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { JobKind } from "../kind/JobKind.ts"
import { unlocking } from "./CareFields.ts"
import { access, count } from "./Fields.ts"
import * as OpenedRepository from "./OpenedRepository.ts"

export const Request = Schema.Struct({
  ...access,
  ...unlocking
})
export type Request = typeof Request.Type

export const Summary = Schema.Struct({ removed: count })
export type Summary = typeof Summary.Type

/** The note about a lock that a run which may be alive holds. */
export const lockLeft = "lockLeft"

export const kind: JobKind<"unlock", Request, Summary> = {
  type: "unlock",
  request: Request,
  summary: Summary,
  needs: OpenedRepository.needs,
  run: Effect.fnUntraced(function* (request, beside) {
    const repository = yield* OpenedRepository.open(request, beside)
    const onLeft = (lock: Locks.LeftLock): void =>
      beside.tell.fact({ _tag: "Note", code: lockLeft, item: lock.id, message: lock.message, remedy: lock.remedy })
    return { removed: yield* Locks.unlock(repository, { all: request.removeAll === true, onLeft }) }
  })
}
