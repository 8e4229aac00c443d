/** Sends what is left of a mount and takes it away. */
import { remedyField } from "@ourclone/core/contract/Remedy"
import * as MountErrors from "@ourclone/mount/contract/MountError"
import { remedy } from "@ourclone/mount/contract/MountRemedies"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { Beside, JobKind } from "../kind/JobKind.ts"
import { Summary, unmounting } from "./MountFields.ts"
import { ask } from "./RunningMount.ts"

export const Request = Schema.Struct(unmounting)
export type Request = typeof Request.Type

const run = Effect.fnUntraced(function* ({ force = false, point, timeoutMillis: timeout }: Request, { tell }: Beside) {
  const wish = {
    _tag: "Unmount",
    detach: force,
    ...(timeout === undefined ? {} : { timeoutMillis: timeout })
  } as const
  const { answer } = yield* ask(point, wish)
  if (answer._tag === "Drained") {
    for (const { error, path: item, remedy: advice } of answer.drained.unsent) {
      const message = error ?? "it was not sent before the end"
      tell.fact({
        _tag: "Failed",
        failure: { ...remedyField(advice), code: "NotSent", message, item, isRetryable: true }
      })
    }
    return answer.drained
  }
  const message = "message" in answer ? answer.message : "it answered something else"
  const reason =
    answer._tag === "Busy"
      ? new MountErrors.Busy({ message, users: [], remedy: remedy("closeUsers") })
      : new MountErrors.Broken({ message })
  return yield* MountErrors.fail(reason)
})

export const kind: JobKind<"unmount", Request, typeof Summary.Type> = {
  type: "unmount",
  request: Request,
  summary: Summary,
  needs: () => [],
  run
}
