/** `key add`: lets another password open the repository too. */
import * as KeyFiles from "@ourclone/backup/repository/KeyFiles"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { JobKind } from "../kind/JobKind.ts"
import { keeper } from "./CareFields.ts"
import { access, locking } from "./Fields.ts"
import * as OpenedRepository from "./OpenedRepository.ts"

export const Request = Schema.Struct({
  ...access,
  ...locking,
  ...keeper
})
export type Request = typeof Request.Type

export const Summary = Schema.Struct({ id: Schema.String })
export type Summary = typeof Summary.Type

export const kind: JobKind<"keyAdd", Request, Summary> = {
  type: "keyAdd",
  request: Request,
  summary: Summary,
  needs: OpenedRepository.needsNew,
  run: Effect.fnUntraced(function* (request, beside) {
    const { host, user } = request
    const password = yield* OpenedRepository.passwordOf(beside, OpenedRepository.newSecretOf(request.repository))
    const repository = yield* OpenedRepository.open(request, beside)
    const names = {
      ...(user === undefined ? {} : { username: user }),
      ...(host ? { hostname: host } : {})
    }
    const adding = KeyFiles.add(repository, password, names)
    return { id: yield* OpenedRepository.locked(repository, request, "shared", beside.tell, adding) }
  })
}
