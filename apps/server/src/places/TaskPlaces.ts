/** What tasks name, held against what callers of the service may use. */
import type { TaskError } from "@ourclone/tasks/store/TaskError"
import type { TaskStore } from "@ourclone/tasks/store/TaskStore"
import type { Task } from "@ourclone/tasks/task/Task"
import * as Effect from "effect/Effect"
import type { Forbidden, Unavailable } from "../api/Problem.ts"
import type { At, PlaceGuard } from "./PlaceGuard.ts"

/** Fails with `Forbidden` where a request of that kind names what callers may not use; what is taken back is looked at too. */
export const check = Effect.fnUntraced(function* (
  guard: PlaceGuard,
  store: Pick<TaskStore, "load">,
  kind: string,
  request: unknown,
  at: At
): Effect.fn.Return<void, Forbidden | Unavailable | TaskError> {
  yield* guard.request(request, at)
  if (kind !== "undo") return
  const { task } = request as { readonly task: string }
  yield* guard.request((yield* store.load(task)).request, undefined)
})

/** Whether a caller asked for it, rather than whoever has this machine. */
const isOfCaller = Effect.fnUntraced(function* ({ schedules }: TaskStore, { isOfService, schedule }: Task) {
  if (isOfService === true) return true
  if (schedule === null) return false
  const found = yield* Effect.catchReason(schedules.load(schedule), "TaskError", "NoSchedule", () =>
    Effect.succeed(undefined)
  )
  return found?.isOfService === true
})

/** Why a task may not be started: what was allowed when it was asked for need not be when its turn comes. */
export const refusal =
  (guard: PlaceGuard, store: TaskStore) =>
  (task: Task): Effect.Effect<string | undefined, { readonly message: string }> =>
    Effect.gen(function* () {
      if (!(yield* isOfCaller(store, task))) return undefined
      return yield* Effect.as(check(guard, store, task.kind, task.request, undefined), undefined)
    }).pipe(
      Effect.catchTags({
        Forbidden: ({ message }) => Effect.succeed(message),
        Unavailable: ({ message }) => Effect.fail({ message })
      })
    )
