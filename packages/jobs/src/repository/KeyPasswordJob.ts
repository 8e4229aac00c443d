/** `key passwd`: another password in the place of the one that opens the repository now. */
import * as KeyFiles from "@ourclone/backup/repository/KeyFiles"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { JobKind } from "../kind/JobKind.ts"
import { access, locking } from "./Fields.ts"
import * as OpenedRepository from "./OpenedRepository.ts"

export const Request = Schema.Struct({ ...access, ...locking })
export type Request = typeof Request.Type

/** The key that opens the repository from now on, and the one that did. */
export const Summary = Schema.Struct({ id: Schema.String, oldId: Schema.String })
export type Summary = typeof Summary.Type

export const kind: JobKind<"keyPassword", Request, Summary> = {
  type: "keyPassword",
  request: Request,
  summary: Summary,
  needs: OpenedRepository.needsNew,
  run: Effect.fnUntraced(function* (request, beside) {
    const password = yield* OpenedRepository.passwordOf(beside, OpenedRepository.newSecretOf(request.repository))
    const repository = yield* OpenedRepository.open(request, beside)
    const changing = KeyFiles.changePassword(repository, password)
    const id = yield* OpenedRepository.locked(repository, request, "exclusive", beside.tell, changing)
    return { id, oldId: repository.keyId }
  })
}
