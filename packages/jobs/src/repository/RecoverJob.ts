/** `recover`: folders that no snapshot names any more, in a snapshot of their own. */
import * as Recover from "@ourclone/backup/care/Recover"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { JobKind } from "../kind/JobKind.ts"
import { ThisMachine } from "../kind/Surroundings.ts"
import { access, count, locking } from "./Fields.ts"
import * as OpenedRepository from "./OpenedRepository.ts"

export const Request = Schema.Struct({ ...access, ...locking })
export type Request = typeof Request.Type

export const Summary = Schema.Struct({
  recovered: count,
  /** Folders that can not be read; each was told. */
  unreadable: count,
  /** Absent where there was nothing to bring back. */
  snapshotId: Schema.optionalKey(Schema.String)
})
export type Summary = typeof Summary.Type

export const kind: JobKind<"recover", Request, Summary> = {
  type: "recover",
  request: Request,
  summary: Summary,
  needs: OpenedRepository.needs,
  run: Effect.fnUntraced(function* (request, beside) {
    const { program } = yield* ThisMachine
    const repository = yield* OpenedRepository.open(request, beside)
    const recovering = Recover.recover(repository, { programVersion: program }, beside.tell)
    return yield* OpenedRepository.locked(repository, request, "shared", beside.tell, recovering)
  })
}
