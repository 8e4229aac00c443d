/** How far a task is, and how long it took, the same in every face: of all its runs together. */
import type { Task } from "./Task.ts"
import { hasEnded } from "./TaskState.ts"

type Figures = Pick<Task, "progress" | "state" | "totals">

/** With what is on its way. Grows alone until the task has ended, whatever it begins anew. */
export const bytesDone = ({ progress, state, totals: { doneBytes, earlier, reached } }: Figures): number =>
  Math.max(doneBytes, (earlier?.doneBytes ?? 0) + (progress?.bytes ?? 0), hasEnded(state) ? 0 : (reached?.bytes ?? 0))

/** Files that have ended, as far as they are told of one by one; it grows as `bytesDone` does. */
export const filesDone = ({ progress, state, totals: { done, earlier, reached } }: Figures): number =>
  Math.max(done, (earlier?.done ?? 0) + (progress?.files ?? 0), hasEnded(state) ? 0 : (reached?.files ?? 0))

/** So far or in all, without the time in which it was paused or waited for its turn again; 0 before it began. */
export const tookMillis = (
  {
    endedAt,
    startedAt,
    state,
    totals: { earlier, ranMillis }
  }: Pick<Task, "endedAt" | "startedAt" | "state" | "totals">,
  now: number
): number => {
  if (startedAt === null) return 0
  const isResumed = "take" in state && state.take > 1
  const mayHaveStood = isResumed || state._tag === "Paused" || state._tag === "Queued" || state._tag === "Cancelled"
  const whole = ranMillis === undefined || (earlier === undefined && !mayHaveStood)
  return Math.max(0, whole ? (endedAt ?? now) - startedAt : ranMillis)
}
