/** What every screen sees. */
import type { Failure } from "@ourclone/core/events/Failure"
import type { RunView } from "@ourclone/core/events/RunView"
import type { Schedule } from "@ourclone/tasks/task/Schedule"
import type { Task } from "@ourclone/tasks/task/Task"
import { hasEnded } from "@ourclone/tasks/task/TaskState"
import type * as Schema from "effect/Schema"
import type { Marks } from "../lines/Marks.ts"

export interface Remote {
  readonly name: string
  readonly type: string
}

export interface Repository {
  /** As requests name it. */
  readonly name: string
  readonly location: string
}

/** Something the program has to say: what an act came to, or what went wrong. */
export interface Notice {
  readonly at: number
  readonly text: string
  readonly isBad: boolean
}

export interface World {
  /** Milliseconds since 1970; moves on when something happens. */
  readonly now: number
  /** The newest first. */
  readonly tasks: ReadonlyArray<Task>
  /** Folded of the progress of tasks that run. */
  readonly views: ReadonlyMap<string, RunView>
  readonly remotes: ReadonlyArray<Remote>
  readonly repositories: ReadonlyArray<Repository>
  readonly schedules: ReadonlyArray<Schedule>
  /** Since when the journal or the service does not answer. */
  readonly lost: { readonly since: number; readonly failure: Failure } | undefined
  /** The service whose tasks these are; "" where they are of this program alone. */
  readonly service: string
  /** What the computer is called whose own folders these are. */
  readonly machine: string
  readonly notices: ReadonlyArray<Notice>
  /** How often a tab was gone to. */
  readonly visits: number
  readonly home: string
  /** Where relative paths begin. */
  readonly directory: string
  readonly marks: Marks
  /** What screens keep between runs. */
  readonly kept: { readonly [name: string]: Schema.Json }
}

/** Another text after each end of a task, also of one that had ended before: what tasks may have changed is listed anew. */
export const endedMark = ({ tasks }: World): string => {
  const ended = tasks.filter(({ state }) => hasEnded(state))
  return `${ended.length} ${ended.reduce((last, { endedAt }) => Math.max(last, endedAt ?? 0), 0)}`
}
