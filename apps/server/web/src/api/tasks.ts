/** Tasks in the cache: lists by tab, one by id, and what an event makes of them. */
import * as Rate from "@ourclone/core/events/Rate"
import type { StateTag } from "@ourclone/tasks/task/TaskState"
import { type InfiniteData, infiniteQueryOptions, type QueryClient, queryOptions } from "@tanstack/react-query"
import type { TaskAnswer } from "../../../src/api/tasks/TaskAnswer.ts"
import { get } from "./call.ts"
import { refresh } from "./refresh.ts"

interface TabMeaning {
  readonly label: string
  /** What the service is asked for; all when absent. */
  readonly states?: ReadonlyArray<StateTag>
  readonly holds: (task: TaskAnswer) => boolean
}

const isIn = (states: ReadonlyArray<StateTag>) => (task: TaskAnswer) => states.includes(task.state._tag)
const running = ["Queued", "Running"] as const
const waiting = ["Waiting", "Paused"] as const

export const hasFailed = ({ state }: TaskAnswer): boolean =>
  state._tag === "Failed" || (state._tag === "Done" && state.failed > 0)

export const tabs = {
  all: { label: "All", holds: () => true },
  running: { label: "Running", states: running, holds: isIn(running) },
  waiting: { label: "Waiting", states: waiting, holds: isIn(waiting) },
  failed: { label: "Failed", states: ["Failed", "Done"], holds: hasFailed },
  done: { label: "Done", states: ["Done", "Cancelled"], holds: isIn(["Done", "Cancelled"]) },
  /** Of the rail and Overview. */
  active: { label: "Active", states: [...running, ...waiting], holds: isIn([...running, ...waiting]) }
} satisfies Record<string, TabMeaning>
export type TabName = keyof typeof tabs

interface TaskPage {
  readonly tasks: ReadonlyArray<TaskAnswer>
  readonly isCut: boolean
}

const meaningOf = (tab: TabName): TabMeaning => tabs[tab]
const pageSize = 200

export const taskList = (tab: TabName) =>
  infiniteQueryOptions({
    queryKey: ["tasks", tab] as const,
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam }) =>
      get<TaskPage>("/tasks", { state: meaningOf(tab).states, before: pageParam, limit: pageSize }),
    getNextPageParam: ({ isCut, tasks }) => (isCut ? tasks.at(-1)?.id : undefined),
    select: (data) => data.pages.flatMap(({ tasks }) => tasks).filter(meaningOf(tab).holds)
  })

export const task = (id: string) =>
  queryOptions({
    queryKey: ["task", id] as const,
    queryFn: () => get<TaskAnswer>(`/tasks/${encodeURIComponent(id)}`)
  })

/** As many as the service gives at once. */
const mostOfKind = 500

/** The newest of a kind, also where many of others are newer; the newest first. */
export const tasksOfKind = (kind: string) =>
  queryOptions({
    queryKey: ["tasksOf", kind] as const,
    queryFn: async () => (await get<TaskPage>("/tasks", { kind, limit: mostOfKind })).tasks
  })

/** Those that failed as a whole, the newest first. */
export const failedTasks = queryOptions({
  queryKey: ["tasksOf", "~failed"] as const,
  queryFn: async () => (await get<TaskPage>("/tasks", { state: "Failed", limit: pageSize })).tasks
})

/** Bytes done at times, of tasks that were seen to move. */
export const samplesOf = (id: string) =>
  queryOptions<Rate.Samples>({
    queryKey: ["samples", id] as const,
    queryFn: () => [],
    staleTime: Number.POSITIVE_INFINITY
  })

const placed = (page: TaskPage, changed: TaskAnswer, isFirst: boolean, holds: boolean): TaskPage => {
  const at = page.tasks.findIndex(({ id }) => id === changed.id)
  if (at >= 0) {
    const tasks = holds ? page.tasks.with(at, changed) : page.tasks.toSpliced(at, 1)
    return { ...page, tasks }
  }
  if (!isFirst || !holds) return page
  const before = page.tasks.findIndex(({ id }) => id < changed.id)
  return { ...page, tasks: page.tasks.toSpliced(before < 0 ? page.tasks.length : before, 0, changed) }
}

/** Puts a task as it now is wherever it is shown. An answer that an event has overtaken changes nothing. */
export const putTask = (client: QueryClient, changed: TaskAnswer, now: number): void => {
  const known = client.getQueryData(task(changed.id).queryKey)
  if (known !== undefined && known.seq > changed.seq) return
  client.setQueryData(task(changed.id).queryKey, changed)
  for (const tab of Object.keys(tabs) as ReadonlyArray<TabName>) {
    client.setQueryData<InfiniteData<TaskPage, string | undefined>>(["tasks", tab], (data) => {
      if (data === undefined) return undefined
      const isThere = data.pages.some(({ tasks }) => tasks.some(({ id }) => id === changed.id))
      const holds = meaningOf(tab).holds(changed)
      return { ...data, pages: data.pages.map((page, index) => placed(page, changed, index === 0 && !isThere, holds)) }
    })
  }
  if (changed.progress !== null) {
    const { bytes } = changed.progress
    client.setQueryData<Rate.Samples>(samplesOf(changed.id).queryKey, (samples = []) =>
      samples.at(-1)?.[1] === bytes && now - (samples.at(-1)?.[0] ?? 0) < 500
        ? samples
        : Rate.withSample(samples, now, bytes)
    )
  }
  const isOther = known?.state._tag !== changed.state._tag
  if (isOther || known?.totals.failed !== changed.totals.failed || known?.totals.skipped !== changed.totals.skipped) {
    void client.invalidateQueries({ queryKey: ["causes", changed.id] })
  }
  if (isOther && (known !== undefined || changed.endedAt !== null)) {
    void client.invalidateQueries({ queryKey: ["schedules"] })
  }
  if (known !== undefined && isOther) {
    void client.invalidateQueries({ queryKey: ["tasksOf", changed.kind] })
    void client.invalidateQueries({ queryKey: failedTasks.queryKey })
    // What a task did is seen in storages and repositories.
    if (changed.endedAt !== null) void refresh(client, ["rows"])
  }
}
