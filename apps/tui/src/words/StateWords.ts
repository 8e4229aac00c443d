/** How a task stands: a sign, a word and a tone, together. */

import * as Amount from "@ourclone/core/events/Amount"
import * as Rate from "@ourclone/core/events/Rate"
import type { RunView } from "@ourclone/core/events/RunView"
import { ofWaiting } from "@ourclone/core/events/WaitingText"
import { cameTo } from "@ourclone/tasks/task/CameTo"
import type { Task } from "@ourclone/tasks/task/Task"
import { bytesDone, filesDone } from "@ourclone/tasks/task/TaskFigures"
import type { TaskState } from "@ourclone/tasks/task/TaskState"
import type { Tone } from "../lines/Line.ts"
import type { Marks } from "../lines/Marks.ts"

export interface Standing {
  readonly sign: keyof Marks & string
  readonly word: string
  readonly tone: Tone
}

export const standing = (state: TaskState): Standing => {
  switch (state._tag) {
    case "Queued":
      return { sign: "queued", word: "queued", tone: "plain" }
    case "Running":
      return { sign: "running", word: "running", tone: "busy" }
    case "Waiting":
      return { sign: "waiting", word: "waiting", tone: "warn" }
    case "Paused":
      return { sign: "paused", word: "paused", tone: "warn" }
    case "Done":
      return state.failed === 0
        ? { sign: "done", word: "done", tone: "good" }
        : { sign: "partly", word: "done", tone: "warn" }
    case "Failed":
      return { sign: "failed", word: "failed", tone: "bad" }
    case "Cancelled":
      return { sign: "cancelled", word: "cancelled", tone: "faint" }
  }
}

/** Of bytes, or of files where no bytes are known; undefined while planning, and never 100 before the end. */
export const percent = (task: Task): number | undefined => {
  const { state, totals } = task
  if (state._tag === "Done") return 100
  if (!totals.isFinal) return undefined
  const [part, whole] = totals.bytes > 0 ? [bytesDone(task), totals.bytes] : [filesDone(task), totals.files]
  return whole <= 0 ? undefined : Math.max(0, Math.min(99, Math.floor((part / whole) * 100)))
}

/** `about 25 min`. */
export const about = (seconds: number): string => {
  if (seconds < 60) return `${Math.max(1, Math.round(seconds))} s`
  if (seconds < 600) return `about ${Math.round(seconds / 60)} min`
  if (seconds < 2 * 3600) return `about ${Math.round(seconds / 300) * 5} min`
  return `about ${Math.round(seconds / 3600)} h`
}

const staleMillis = 10_000

export const perSecond = (view: RunView | undefined, now: number): number | undefined => {
  if (view === undefined) return undefined
  return now - (view.samples.at(-1)?.[0] ?? now) >= staleMillis ? 0 : Rate.perSecond(view.samples)
}

export const secondsLeft = ({ totals }: Task, view: RunView | undefined): number | undefined =>
  view === undefined || !totals.isFinal
    ? undefined
    : Rate.secondsLeft(view.samples, totals.bytes - (totals.earlier?.doneBytes ?? 0))

export const isWorking = ({ state }: Task): boolean => state._tag === "Running" || state._tag === "Waiting"

/** What a task is at, or came to, in a few words. */
export const inShort = (task: Task, now: number): string => {
  const { progress, state } = task
  const files = filesDone(task)
  switch (state._tag) {
    case "Queued":
      return state.notBefore !== null && state.notBefore > now ? `until ${clock(state.notBefore)}` : "its turn comes"
    case "Running": {
      if (task.wish !== null) return task.wish._tag === "Pause" ? "pausing" : "cancelling"
      const share = percent(task)
      if (share !== undefined) return `${share} %`
      const phase = progress?.phase ?? "at work"
      return files > 0 ? `${phase}, ${Amount.files(files)}` : phase
    }
    case "Waiting":
      return ofWaiting({ for: state.for, since: now, until: state.until ?? undefined, failure: undefined }, now)
    case "Paused":
      return `by ${state.by}`
    case "Done":
      return cameTo(task)
    case "Failed":
      return state.failure.message
    case "Cancelled":
      return `by ${state.by}`
  }
}

const two = (part: number): string => String(part).padStart(2, "0")

/** `20:45`, or with the day where it is another than that of `now`. */
export const clock = (at: number, now = at): string => {
  const date = new Date(at)
  const time = `${two(date.getHours())}:${two(date.getMinutes())}`
  const isSameDay = new Date(now).toDateString() === date.toDateString()
  return isSameDay ? time : `${two(date.getMonth() + 1)}-${two(date.getDate())} ${time}`
}
