/** What is backed up where, and when that last went well, as far as kept tasks tell. */
import type { TaskAnswer } from "../../../../src/api/tasks/TaskAnswer.ts"
import { hasFailed } from "../../api/tasks.ts"

export interface Backed {
  readonly folders: string
  readonly repository: string
  /** The newest that made a whole snapshot. */
  readonly task: TaskAnswer | undefined
  /** Nothing failed since. */
  readonly isNewestGood: boolean
}

const fieldsOf = ({ request }: TaskAnswer): Readonly<Record<string, unknown>> =>
  typeof request === "object" && request !== null ? (request as Readonly<Record<string, unknown>>) : {}

const isGood = (task: TaskAnswer): boolean => task.state._tag === "Done" && !hasFailed(task)

/** `tasks` with the newest first. */
export const backedFolders = (tasks: ReadonlyArray<TaskAnswer>): ReadonlyArray<Backed> => {
  const backups = tasks.filter(({ endedAt, kind }) => kind === "backup" && endedAt !== null)
  const groups = Map.groupBy(backups, (task) => {
    const { paths, repository } = fieldsOf(task)
    return JSON.stringify([repository, paths])
  })
  return [...groups.values()].map((group) => {
    const { paths, repository } = fieldsOf(group[0]!)
    return {
      folders: Array.isArray(paths) ? paths.join(", ") : "?",
      repository: typeof repository === "string" ? repository : "?",
      task: group.find(isGood),
      isNewestGood: isGood(group[0]!)
    }
  })
}
