/** A task of the journal as others are told of it. */
import type { Task } from "@ourclone/tasks/task/Task"
import type { TaskAnswer } from "../api/tasks/TaskAnswer.ts"

/** What is known of a task but for what concerns its runner alone, and the words of its hooks, which may hold secrets. */
export const taskAnswer = ({ deferrals, hooks, isOfService, leaseUntil, owner, take, ...task }: Task): TaskAnswer => ({
  ...task,
  hooks: { before: hooks.before?.command[0] ?? null, after: hooks.after?.command[0] ?? null },
  run: take,
  host: owner?.host ?? null
})
