/** What kept tasks tell of a repository. */
import type { TaskAnswer } from "../../../../src/api/tasks/TaskAnswer.ts"

export const repositoryOf = ({ request }: TaskAnswer): string | undefined => {
  const value =
    typeof request === "object" && request !== null ? (request as Record<string, unknown>).repository : undefined
  return typeof value === "string" ? value : undefined
}

export const isGood = ({ state }: TaskAnswer): boolean => state._tag === "Done" && state.failed === 0

/** The newest that has ended, of the repository; `tasks` of one kind with the newest first. */
export const lastOf = (tasks: ReadonlyArray<TaskAnswer>, repository: string): TaskAnswer | undefined =>
  tasks.find((task) => task.endedAt !== null && repositoryOf(task) === repository)
