/** What is backed up where, and when that last went well, as far as kept tasks tell. */
import type { TaskAnswer } from "../../../../src/api/tasks/TaskAnswer.ts"
import { hasFailed } from "../../api/tasks.ts"

export interface Backed {
  /** Folders of one machine that stand alike. */
  readonly folders: string
  /** Where they are; nothing where all are of one machine. */
  readonly host: string | undefined
  readonly repository: string
  /** The newest that made a whole snapshot. */
  readonly task: TaskAnswer | undefined
  /** Nothing failed since. */
  readonly isNewestGood: boolean
}

interface Folder {
  readonly host: string
  readonly repository: string
  readonly path: string
  readonly task: TaskAnswer
}

const isGood = (task: TaskAnswer): boolean => task.state._tag === "Done" && !hasFailed(task)

const foldersOf = (task: TaskAnswer): ReadonlyArray<Folder> => {
  const request = (task.request ?? {}) as {
    readonly host?: unknown
    readonly paths?: unknown
    readonly repository?: unknown
  }
  const { host, paths, repository } = request
  const of = {
    host: typeof host === "string" && host !== "" ? host : (task.host ?? task.machine ?? ""),
    repository: typeof repository === "string" ? repository : "?",
    task
  }
  return (Array.isArray(paths) ? paths.map(String) : ["?"]).map((path) => ({ ...of, path }))
}

/** `tasks` with the newest first. */
export const backedFolders = (tasks: ReadonlyArray<TaskAnswer>): ReadonlyArray<Backed> => {
  const all = tasks.filter(({ endedAt, kind }) => kind === "backup" && endedAt !== null).flatMap(foldersOf)
  const several = new Set(all.map(({ host }) => host)).size > 1
  const byFolder = Map.groupBy(all, ({ host, path, repository }) => JSON.stringify([repository, host, path]))
  const standing = [...byFolder.values()].map((runs) => ({
    ...runs[0]!,
    task: runs.find(({ task }) => isGood(task))?.task,
    isNewestGood: isGood(runs[0]!.task)
  }))
  const alike = Map.groupBy(standing, ({ host, isNewestGood, repository, task }) =>
    JSON.stringify([repository, host, task?.id, isNewestGood])
  )
  return [...alike.values()].map((some) => {
    const { host, isNewestGood, repository, task } = some[0]!
    const folders = some.map(({ path }) => path).join(", ")
    return { folders, host: several ? host : undefined, repository, task, isNewestGood }
  })
}
