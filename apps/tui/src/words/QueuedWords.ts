/** Why a task that waits for its turn has not got it, as far as the other tasks tell. */
import * as Amount from "@ourclone/core/events/Amount"
import type { Task } from "@ourclone/tasks/task/Task"
import { isHeld } from "@ourclone/tasks/task/TaskState"
import { clock } from "./StateWords.ts"
import * as TaskTitle from "./TaskTitle.ts"

/** The fields of requests that name what is written to. */
const fields: { readonly [kind: string]: ReadonlyArray<string> } = {
  ...Object.fromEntries(["copy", "move", "sync", "rcat"].map((kind) => [kind, ["destination"]])),
  ...Object.fromEntries(["remove", "removeOldVersions", "undelete"].map((kind) => [kind, ["path"]])),
  bisync: ["first", "second"]
}

const placesOf = ({ kind, request }: Task): ReadonlyArray<string> => {
  const given = (typeof request === "object" && request !== null ? request : {}) as {
    readonly [field: string]: unknown
  }
  return (fields[kind] ?? []).flatMap((field) => {
    const place = given[field]
    return typeof place === "string" ? [place.replace(/\/+$/, "")] : []
  })
}

const isIn = (inner: string, outer: string): boolean =>
  inner === outer || (inner.startsWith(outer) && (outer.endsWith(":") || inner.charAt(outer.length) === "/"))

const overlap = (one: Task, other: Task): boolean =>
  placesOf(one).some((left) => placesOf(other).some((right) => isIn(left, right) || isIn(right, left)))

export interface Queued {
  /** For a narrow column: `3 run already`. */
  readonly short: string
  /** `It waits for Copy ~/a → photos:b, which writes there; it looks again 20:45`. */
  readonly whole: string
}

export const of = (
  task: Task,
  { home, now, tasks }: { readonly home: string; readonly now: number; readonly tasks: ReadonlyArray<Task> }
): Queued => {
  const notBefore = task.state._tag === "Queued" ? task.state.notBefore : null
  const later = notBefore !== null && notBefore > now ? clock(notBefore, now) : undefined
  const held = tasks.filter(({ id, state }) => id !== task.id && isHeld(state))
  const inTheWay = held.find((other) => overlap(task, other))
  if (inTheWay !== undefined) {
    const again = later === undefined ? "" : `; it looks again ${later}`
    const whole = `It waits for ${TaskTitle.of(inTheWay, home)}, which writes there${again}`
    return { short: "waits for a task", whole }
  }
  if (later !== undefined) {
    return { short: `until ${later}`, whole: `It ${task.take > 0 ? "tries again" : "begins"} ${later}` }
  }
  const running = Amount.count(held.filter(({ isRecord }) => !isRecord).length)
  return running === "0"
    ? { short: "its turn comes", whole: "Its turn comes" }
    : { short: `${running} run already`, whole: `It waits, as ${running} run already` }
}
