/** A task as it is told: what the journal holds of it, but for what only runners need. */

import { Remedy } from "@ourclone/core/contract/Remedy"
import { Envelope } from "@ourclone/core/events/Envelope"
import { Progress } from "@ourclone/core/events/RunEvent"
import { Totals } from "@ourclone/tasks/task/Task"
import { TaskState } from "@ourclone/tasks/task/TaskState"
import * as Schema from "effect/Schema"

const moment = Schema.Int.annotate({ description: "Milliseconds since 1970 UTC" })

export const TaskAnswer = Schema.Struct({
  id: Schema.String.annotate({ description: "In the order in which tasks were made" }),
  kind: Schema.String,
  request: Schema.Json,
  origin: Schema.Literals(["command", "service", "terminal", "schedule"]),
  by: Schema.NullOr(Schema.String).annotate({ description: "Who asked for it" }),
  schedule: Schema.NullOr(Schema.String),
  machine: Schema.NullOr(Schema.String).annotate({ description: "Where it was asked for" }),
  /** Runs in the process of a command, which alone can do it again. */
  isRecord: Schema.Boolean,
  priority: Schema.Int,
  hooks: Schema.Struct({ before: Schema.NullOr(Schema.String), after: Schema.NullOr(Schema.String) }).annotate({
    description: "The programs that are run around each of its runs, without their words"
  }),
  state: TaskState,
  wish: Schema.NullOr(Schema.Struct({ _tag: Schema.Literals(["Pause", "Cancel"]), by: Schema.String })),
  /** Bytes a second that hold instead of the request's own. */
  limits: Schema.NullOr(Schema.Struct({ up: Schema.NullOr(Schema.Finite), down: Schema.NullOr(Schema.Finite) })),
  /** Which run of it this is, from 1; 0 before the first. */
  run: Schema.Int,
  /** The machine that runs it. */
  host: Schema.NullOr(Schema.String),
  seq: Schema.Int.annotate({ description: "The number of its newest fact" }),
  totals: Totals,
  progress: Schema.NullOr(Progress),
  summary: Schema.NullOr(Schema.Json),
  createdAt: moment,
  startedAt: Schema.NullOr(moment),
  endedAt: Schema.NullOr(moment)
}).annotate({ identifier: "Task" })
export type TaskAnswer = typeof TaskAnswer.Type

export const TaskListAnswer = Schema.Struct({
  tasks: Schema.Array(TaskAnswer),
  isCut: Schema.Boolean,
  position: Schema.String.annotate({ description: "What `after` of the events is for whoever has seen this" })
})

export const OutcomeAnswer = Schema.Struct({
  path: Schema.String,
  kind: Schema.Literals(["failed", "skipped"]),
  code: Schema.String.annotate({ description: "As in Failure; empty where it was skipped" }),
  message: Schema.String,
  remedy: Schema.NullOr(Remedy)
}).annotate({ identifier: "Outcome" })
export type OutcomeAnswer = typeof OutcomeAnswer.Type

/** Failed or skipped files that share a reason. */
export const CauseAnswer = Schema.Struct({
  kind: Schema.Literals(["failed", "skipped"]),
  code: Schema.String,
  files: Schema.Int,
  /** The path and message of one of them. */
  example: Schema.String,
  message: Schema.String,
  remedy: Schema.NullOr(Remedy)
}).annotate({ identifier: "Cause" })
export type CauseAnswer = typeof CauseAnswer.Type

/**
 * What the stream of events is made of. `task`: a task as it now is. `fact`: a fact of a task that was asked for.
 * `reset`: what happened before can not be told any more; ask for the lists again.
 */
export const LiveEvent = Schema.Union([
  Schema.Struct({ event: Schema.Literal("task"), id: Schema.String, data: TaskAnswer }),
  Schema.Struct({
    event: Schema.Literal("fact"),
    id: Schema.String,
    data: Schema.Struct({ task: Schema.String, envelope: Envelope })
  }),
  Schema.Struct({ event: Schema.Literal("reset"), id: Schema.String, data: Schema.Struct({}) })
]).annotate({ identifier: "LiveEvent" })
export type LiveEvent = typeof LiveEvent.Type
