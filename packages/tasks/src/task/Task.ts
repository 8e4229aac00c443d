/** One durable run of a job: what was asked for, how it stands, who is at it. */
import { Progress } from "@ourclone/core/events/RunEvent"
import { ProcessIdentity } from "@ourclone/core/machine/ProcessIdentity"
import * as Schema from "effect/Schema"
import { Hooks } from "./Hooks.ts"
import { TaskState } from "./TaskState.ts"

const moment = Schema.NullOr(Schema.Int)

/** What happened so far, in numbers: of all runs of the task together. A service tells it as it is. */
export const Totals = Schema.Struct({
  files: Schema.Int.annotate({ description: "As far as planning knows" }),
  bytes: Schema.Int,
  isFinal: Schema.Boolean,
  done: Schema.Int.annotate({ description: "Files" }),
  folders: Schema.optionalKey(Schema.Int.annotate({ description: "Folders that were made, removed or restored" })),
  doneBytes: Schema.Int,
  skipped: Schema.Int,
  failed: Schema.Int,
  ranMillis: Schema.optionalKey(
    Schema.Int.annotate({ description: "How long its runs took, without pauses, as far as they told of something" })
  ),
  earlier: Schema.optionalKey(
    Schema.Struct({ done: Schema.Int, doneBytes: Schema.Int }).annotate({
      description: "What runs before this one did; `progress` tells of this one alone"
    })
  ),
  reached: Schema.optionalKey(
    Schema.Struct({ files: Schema.Int, bytes: Schema.Int }).annotate({
      description: "How far it was at most, with what was on its way: until it ends it is never said to be less"
    })
  ),
  kept: Schema.optionalKey(
    Schema.Struct({ replaced: Schema.Boolean, removed: Schema.Boolean }).annotate({
      description: "Whether what it replaced or removed stayed as old versions, once that was told"
    })
  )
})
export type Totals = typeof Totals.Type

export const noTotals: Totals = { files: 0, bytes: 0, isFinal: false, done: 0, doneBytes: 0, skipped: 0, failed: 0 }

/** What somebody wants of a task that runs; its runner sees it at its next commit. */
export const Wish = Schema.Struct({ _tag: Schema.Literals(["Pause", "Cancel"]), by: Schema.String })
export type Wish = typeof Wish.Type

/** Where it was asked for: by a command, the page of a service, screens, or a schedule. */
export const Origin = Schema.Literals(["command", "service", "terminal", "schedule"])
export type Origin = typeof Origin.Type

/** Bytes a second that somebody gave a task while it runs; null is no limit. */
export const TaskLimits = Schema.Struct({ up: Schema.NullOr(Schema.Finite), down: Schema.NullOr(Schema.Finite) })
export type TaskLimits = typeof TaskLimits.Type

export const Task = Schema.Struct({
  /** In the order of creation. */
  id: Schema.String,
  /** `JobKind.type`. */
  kind: Schema.String,
  /** The job's request. Holds no secret. */
  request: Schema.Json,
  origin: Origin,
  /** A caller of a service asked for it, who may not use every folder: it is held against what is allowed at each start. */
  isOfService: Schema.optionalKey(Schema.Boolean),
  /** Who asked for it. */
  by: Schema.NullOr(Schema.String),
  /** The schedule that made it. */
  schedule: Schema.NullOr(Schema.String),
  /** The host name of the machine where it was asked for, which alone can run what names its files. */
  machine: Schema.NullOr(Schema.String),
  /** Runs in the process of a command, which alone can do it: it is never claimed by another. */
  isRecord: Schema.Boolean,
  hooks: Hooks,
  /** Higher goes first. */
  priority: Schema.Int,
  state: TaskState,
  wish: Schema.NullOr(Wish),
  /** What holds instead of the request's own. */
  limits: Schema.NullOr(TaskLimits),
  /** How often it was claimed, which is also the number of the claim that counts. */
  take: Schema.Int,
  /** How often in a row it was put off, after a failure that may pass or an end of its runner, with nothing done since. */
  deferrals: Schema.Int,
  owner: Schema.NullOr(ProcessIdentity),
  /** Until when the owner may be believed to be at it. */
  leaseUntil: moment,
  /** The number of the newest fact. */
  seq: Schema.Int,
  totals: Totals,
  /** The newest gauge of a task that runs; it only restates, so none is kept but the last. */
  progress: Schema.NullOr(Progress),
  /** Of the last run that ended. */
  summary: Schema.NullOr(Schema.Json),
  createdAt: Schema.Int,
  startedAt: moment,
  endedAt: moment
})
export type Task = typeof Task.Type

export interface NewTask extends Pick<Task, "kind" | "request" | "origin"> {
  readonly isOfService?: boolean | undefined
  readonly by?: string | undefined
  readonly schedule?: string | undefined
  readonly machine?: string | undefined
  readonly isRecord?: boolean
  /** When it began, in milliseconds since 1970 UTC, where that was before it was written down. */
  readonly startedAt?: number | undefined
  readonly hooks?: Hooks | undefined
  readonly priority?: number
  readonly notBefore?: number | undefined
  /** Made twice with one key it is one task, the first. */
  readonly key?: string | undefined
  /** The task that it is a part of, to be seen there and not for itself; it goes when that one does. */
  readonly parent?: string | undefined
  /** Who alone starts its runners, for so long from the moment on in which it is made: whoever has secrets for it. */
  readonly starter?: { readonly owner: ProcessIdentity; readonly leaseMillis: number } | undefined
}

/** The role of whoever starts runners on that machine, where several machines share a journal. */
export const runnersOf = (machine: string): string => `runners of ${machine}`

/** The role of whoever starts runners of that task. */
export const starterOf = (id: string): string => `start ${id}`
