/** Tasks and what is folded of their progress, as changes come in. */
import { version } from "@ourclone/core/events/Envelope"
import * as RunView from "@ourclone/core/events/RunView"
import type { Task } from "@ourclone/tasks/task/Task"
import { isHeld } from "@ourclone/tasks/task/TaskState"

/** Of tasks that a runner is at: each run counts its bytes anew. */
export const foldProgress = (views: ReadonlyMap<string, RunView.RunView>, tasks: ReadonlyArray<Task>, now: number) => {
  const next = new Map(views)
  for (const { id, progress, state } of tasks) {
    if (!isHeld(state)) next.delete(id)
    else if (progress !== null) {
      next.set(id, RunView.fold(next.get(id) ?? RunView.empty, { v: version, at: now, event: progress }))
    }
  }
  return next
}

/** The newest first, each as it was told last. */
export const merged = (before: ReadonlyArray<Task>, changed: ReadonlyArray<Task>): ReadonlyArray<Task> => {
  const byId = new Map(before.map((task) => [task.id, task]))
  for (const task of changed) byId.set(task.id, task)
  return byId.size === before.length
    ? before.map(({ id }) => byId.get(id)!)
    : [...byId.values()].sort((left, right) => (left.id < right.id ? 1 : -1))
}
