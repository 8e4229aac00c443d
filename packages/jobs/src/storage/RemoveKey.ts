/** Removes a key: whoever holds it can do nothing more. */
import { retrying } from "@ourclone/core/layers/Retry"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { InvalidJob } from "../kind/JobError.ts"
import type { Beside, JobKind } from "../kind/JobKind.ts"
import { open } from "../place/OpenPlace.ts"
import { keyRemoving } from "./KeyFields.ts"
import { keysOf } from "./KeysOf.ts"

export const Request = Schema.Struct(keyRemoving)
export type Request = typeof Request.Type

export const Summary = Schema.Struct({ id: Schema.String })
export type Summary = typeof Summary.Type

const run = Effect.fnUntraced(function* ({ id, remote }: Request, { tell }: Beside) {
  const keys = yield* keysOf(yield* open(remote, tell))
  if (keys.own.id === id) {
    const message = `${id} is the key in use, which would end with it; use another key to remove it`
    return yield* new InvalidJob({ field: "id", message })
  }
  yield* retrying(keys.remove(id))
  tell.fact({ _tag: "Done", deed: "removed", item: id })
  return { id }
})

export const kind: JobKind<"removeKey", Request, Summary> = {
  type: "removeKey",
  request: Request,
  summary: Summary,
  needs: () => [],
  run
}
