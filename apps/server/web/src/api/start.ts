/** Starts tasks, and waits for short ones whose end the screen wants to know. */
import { hasEnded } from "@ourclone/tasks/task/TaskState"
import { type QueryClient, useQueryClient } from "@tanstack/react-query"
import { useRouter } from "@tanstack/react-router"
import { useCallback } from "react"
import type { TaskAnswer } from "../../../src/api/tasks/TaskAnswer.ts"
import { useSay } from "../ui/Toasts.tsx"
import { get, messageOf, post } from "./call.ts"
import { refresh } from "./refresh.ts"
import { putTask, task as taskQuery } from "./tasks.ts"

export interface Asked {
  readonly kind: string
  readonly request: object
}

export const start = async (client: QueryClient, asked: Asked): Promise<TaskAnswer> => {
  const started = await post<TaskAnswer>("/tasks", asked)
  putTask(client, started, Date.now())
  return started
}

/** The task when it has ended. */
export const ended = async (client: QueryClient, id: string): Promise<TaskAnswer> => {
  const { queryKey } = taskQuery(id)
  const now = () => {
    const task = client.getQueryData(queryKey)
    return task !== undefined && hasEnded(task.state) ? task : undefined
  }
  const asked = await get<TaskAnswer>(`/tasks/${encodeURIComponent(id)}`)
  putTask(client, asked, Date.now())
  return (
    now() ??
    (await new Promise<TaskAnswer>((resolve) => {
      const leave = client.getQueryCache().subscribe(() => {
        const task = now()
        if (task === undefined) return
        leave()
        resolve(task)
      })
    }))
  )
}

interface Short extends Asked {
  /** Said when it went well: `Deleted notes.txt`. */
  readonly done: string
  readonly undo?: { readonly label: string; readonly onPress: () => void }
}

/** Starts a task that should not take long and says how it ended; what is shown of storages is asked for again. */
export const useShortTask = (): ((short: Short) => Promise<TaskAnswer | undefined>) => {
  const client = useQueryClient()
  const router = useRouter()
  const say = useSay()
  return useCallback(
    async ({ done, undo, ...asked }) => {
      try {
        const { id } = await start(client, asked)
        const task = await ended(client, id)
        const isGood = task.state._tag === "Done" && task.state.failed === 0
        await refresh(client, ["rows"])
        const show = { label: "Show", onPress: () => void router.navigate({ to: "/tasks/$id", params: { id } }) }
        if (isGood) say({ text: done, ...(undo === undefined ? {} : { action: undo }) })
        else {
          const why = task.state._tag === "Failed" ? task.state.failure.message : "It did not go well."
          say({ text: why, isFailure: true, action: show })
        }
        return isGood ? task : undefined
      } catch (error) {
        say({ text: messageOf(error), isFailure: true })
        return undefined
      }
    },
    [client, router, say]
  )
}

/** Starts a task and goes to it. */
export const useStartAndShow = (): ((asked: Asked) => Promise<void>) => {
  const client = useQueryClient()
  const router = useRouter()
  return useCallback(
    async (asked) => {
      const { id } = await start(client, asked)
      await router.navigate({ to: "/tasks/$id", params: { id } })
    },
    [client, router]
  )
}
