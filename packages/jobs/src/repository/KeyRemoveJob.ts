/** `key remove`: a password opens the repository no more. */
import * as KeyFiles from "@ourclone/backup/repository/KeyFiles"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { NothingThere } from "../kind/JobError.ts"
import type { JobKind } from "../kind/JobKind.ts"
import { access, locking } from "./Fields.ts"
import * as OpenedRepository from "./OpenedRepository.ts"

export const Request = Schema.Struct({
  ...access,
  ...locking,
  id: Schema.String.annotate({ description: "The id of the key, or how it begins" })
})
export type Request = typeof Request.Type

export const Summary = Schema.Struct({ id: Schema.String })
export type Summary = typeof Summary.Type

export const kind: JobKind<"keyRemove", Request, Summary> = {
  type: "keyRemove",
  request: Request,
  summary: Summary,
  needs: OpenedRepository.needs,
  run: Effect.fnUntraced(function* (request, beside) {
    const repository = yield* OpenedRepository.open(request, beside)
    const removing = Effect.gen(function* () {
      const meant = (yield* KeyFiles.list(repository)).filter(({ id }) => id.startsWith(request.id))
      const [only] = meant
      if (only === undefined || meant.length > 1) {
        const many = only === undefined ? "no key's id begins" : `${meant.length} keys' ids begin`
        return yield* new NothingThere({ message: `${many} with "${request.id}"` })
      }
      yield* KeyFiles.remove(repository, only.id)
      return { id: only.id }
    })
    return yield* OpenedRepository.locked(repository, request, "exclusive", beside.tell, removing)
  })
}
