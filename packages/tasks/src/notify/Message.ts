/** What a notification says. Pure. */
import type { Schedule } from "../task/Schedule.ts"
import type { Task } from "../task/Task.ts"
import { needsSomebody } from "../task/TaskState.ts"
import type { Occasion } from "./Target.ts"

export interface Message {
  readonly occasion: Occasion
  readonly title: string
  readonly body: string
  /** For programs. */
  readonly data: {
    readonly task: string | null
    readonly kind: string | null
    readonly schedule: string | null
    readonly failed: number
  }
}

const wentWrong = ({ state }: Task): boolean => state._tag === "Failed" || (state._tag === "Done" && state.failed > 0)

const nameOf = (task: Task, schedule: Schedule | undefined): string => schedule?.name ?? `${task.kind} ${task.id}`

const detail = ({ id, state, totals }: Task): string => {
  const counts = `${totals.done} done, ${totals.skipped} skipped, ${totals.failed} failed`
  const because = state._tag === "Waiting" ? state.failure : undefined
  if (because !== undefined) return `${because.message}\nTask ${id}: ${counts}`
  if (state._tag === "Failed") return `${state.failure.message}\nTask ${id}: ${counts}`
  return `Task ${id}: ${counts}`
}

/**
 * Of a task that ended, `before` the one of its schedule that ended before it; nothing of one that was cancelled. Of one that
 * goes on only when somebody does something, too.
 */
export const ofTask = (task: Task, before: Task | undefined, schedule: Schedule | undefined): Message | undefined => {
  const name = nameOf(task, schedule)
  const data = { task: task.id, kind: task.kind, schedule: schedule?.name ?? null, failed: task.totals.failed }
  if (wentWrong(task)) {
    const title = task.state._tag === "Failed" ? `${name} failed` : `${name}: ${task.totals.failed} failed`
    return { occasion: "failure", title, body: detail(task), data }
  }
  if (needsSomebody(task.state)) {
    const what = task.state.for === "space" ? "free space" : "another key or password"
    return { occasion: "failure", title: `${name} waits for ${what}`, body: detail(task), data }
  }
  if (task.state._tag !== "Done") return undefined
  if (before === undefined || !wentWrong(before)) {
    return { occasion: "success", title: `${name} is done`, body: detail(task), data }
  }
  return { occasion: "recovery", title: `${name} is well again`, body: detail(task), data }
}

/** Of a schedule that had no good run though two were due. */
export const ofAbsence = ({ kind, lastSuccessAt, name }: Schedule): Message => ({
  occasion: "absence",
  title: `${name} has had no good run`,
  body:
    lastSuccessAt === null
      ? "It has never had one."
      : `The last one ended at ${new Date(lastSuccessAt).toISOString().slice(0, 16).replace("T", " ")} UTC.`,
  data: { task: null, kind, schedule: name, failed: 0 }
})
