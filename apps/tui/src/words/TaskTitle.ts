/** A task as a sentence: what is done, from where to where. */
import type { Task } from "@ourclone/tasks/task/Task"
import { titleOf } from "@ourclone/tasks/task/TaskTitle"

/** Paths below the home folder as people write them. */
export const short = (place: string, home: string): string =>
  home !== "" && (place === home || place.startsWith(`${home}/`)) ? `~${place.slice(home.length)}` : place

export const of = (task: Pick<Task, "kind" | "request">, home: string): string => {
  const title = titleOf(task).replace(/\b[0-9a-f]{64}\b/g, (id) => id.slice(0, 8))
  return home === "" ? title : title.replaceAll(` ${home}/`, " ~/")
}
