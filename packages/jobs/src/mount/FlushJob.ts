/** Sends what waits in a mount, which goes on. */
import { remedyField } from "@ourclone/core/contract/Remedy"
import * as MountErrors from "@ourclone/mount/contract/MountError"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { Beside, JobKind } from "../kind/JobKind.ts"
import { flushing, Summary } from "./MountFields.ts"
import { ask } from "./RunningMount.ts"

export const Request = Schema.Struct(flushing)
export type Request = typeof Request.Type

const run = Effect.fnUntraced(function* ({ point, timeoutMillis: timeout }: Request, { tell }: Beside) {
  const { answer } = yield* ask(point, { _tag: "Flush", ...(timeout === undefined ? {} : { timeoutMillis: timeout }) })
  if (answer._tag !== "Drained") {
    const message = "message" in answer ? answer.message : "it answered something else"
    return yield* MountErrors.fail(new MountErrors.Broken({ message }))
  }
  for (const { error, path: item, remedy } of answer.drained.unsent) {
    tell.fact({
      _tag: "Failed",
      failure: {
        ...remedyField(remedy),
        code: "NotSent",
        message: error ?? "it is not sent yet",
        item,
        isRetryable: true
      }
    })
  }
  return answer.drained
})

export const kind: JobKind<"flushMount", Request, typeof Summary.Type> = {
  type: "flushMount",
  request: Request,
  summary: Summary,
  needs: () => [],
  run
}
