/** What the rail says of tasks. */
import { useInfiniteQuery } from "@tanstack/react-query"
import { hasFailed, taskList } from "../api/tasks.ts"

const latelyMillis = 86_400_000

export const useRunning = (): { readonly count: number; readonly hasFailed: boolean } => {
  const { data: active = [] } = useInfiniteQuery(taskList("active"))
  const { data: failed = [] } = useInfiniteQuery(taskList("failed"))
  const since = Date.now() - latelyMillis
  return { count: active.length, hasFailed: failed.some((task) => hasFailed(task) && (task.endedAt ?? 0) > since) }
}
