/** Tasks: start them, watch them, change what becomes of them. */
import { Envelope } from "@ourclone/core/events/Envelope"
import { StateTag } from "@ourclone/tasks/task/TaskState"
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as Schema from "effect/Schema"
import { Needs } from "../Callers.ts"
import { Forbidden, NotNow, NotThere, Refused, StorageFailed, TooMany, Unavailable } from "../Problem.ts"
import { Kind } from "../query/QueryGroup.ts"
import { text } from "../Text.ts"
import { limit, number } from "../Whole.ts"
import { CauseAnswer, OutcomeAnswer, TaskAnswer, TaskListAnswer } from "./TaskAnswer.ts"

const priority = Schema.Int.pipe(Schema.check(Schema.isBetween({ minimum: -100, maximum: 100 }))).annotate({
  description: "Higher goes first"
})

export const NewTask = Schema.Struct({
  kind: Kind,
  request: Schema.Json.annotate({ description: "As the kind says; holds no secret" }),
  priority: Schema.optionalKey(priority),
  notBefore: Schema.optionalKey(Schema.Int.annotate({ description: "Milliseconds since 1970 UTC" }))
}).annotate({ identifier: "NewTask" })

const one = { params: { id: text(0, 64) } }
const rate = Schema.NullOr(Schema.Finite.pipe(Schema.check(Schema.isGreaterThan(0)))).annotate({
  description: "Bytes a second; null is no limit, and null for both is what the request says"
})
/** That are named in one request. */
const mostPaths = 1_000
const failing = [NotThere, Unavailable] as const
const acting = { ...one, success: TaskAnswer, error: [NotThere, NotNow, Unavailable] } as const

export class TaskGroup extends HttpApiGroup.make("tasks")
  .add(
    HttpApiEndpoint.get("list", "/tasks", {
      query: {
        state: Schema.optionalKey(Schema.Union([StateTag, Schema.Array(StateTag)])).annotate({
          description: "May be repeated"
        }),
        kind: Schema.optionalKey(Kind),
        before: Schema.optionalKey(Schema.String.annotate({ description: "Only tasks made before this one" })),
        limit
      },
      success: TaskListAnswer,
      error: Unavailable
    }).annotate(Needs, "read"),
    HttpApiEndpoint.post("start", "/tasks", {
      payload: NewTask,
      success: TaskAnswer.pipe(HttpApiSchema.status(201)),
      error: [Refused, Forbidden, NotThere, StorageFailed, Unavailable]
    }).annotate(Needs, "run"),
    HttpApiEndpoint.get("show", "/tasks/:id", { ...one, success: TaskAnswer, error: [...failing] }).annotate(
      Needs,
      "read"
    ),
    HttpApiEndpoint.get("facts", "/tasks/:id/facts", {
      ...one,
      query: {
        after: number("Only facts after this number"),
        limit
      },
      success: Schema.Struct({ facts: Schema.Array(Envelope), isCut: Schema.Boolean }),
      error: [...failing]
    }).annotate(Needs, "read"),
    HttpApiEndpoint.get("outcomes", "/tasks/:id/outcomes", {
      ...one,
      query: {
        kind: Schema.Literals(["failed", "skipped"]),
        code: Schema.optionalKey(Schema.String),
        after: Schema.optionalKey(Schema.String.annotate({ description: "Only paths after this one" })),
        limit
      },
      success: Schema.Struct({ outcomes: Schema.Array(OutcomeAnswer), isCut: Schema.Boolean }),
      error: [...failing]
    }).annotate(Needs, "read"),
    HttpApiEndpoint.get("causes", "/tasks/:id/causes", {
      ...one,
      success: Schema.Array(CauseAnswer),
      error: [...failing]
    }).annotate(Needs, "read"),
    /** What a run is cut into that several machines share, as long as it is. */
    HttpApiEndpoint.get("parts", "/tasks/:id/parts", {
      ...one,
      success: Schema.Array(
        Schema.Struct({
          state: StateTag,
          host: Schema.NullOr(Schema.String).annotate({ description: "The machine that has it" })
        })
      ),
      error: [...failing]
    }).annotate(Needs, "read"),
    /** What became of a file in the runs that are kept, the newest first. */
    HttpApiEndpoint.get("why", "/why", {
      query: { path: text(1, 4096), limit },
      success: Schema.Struct({
        found: Schema.Array(
          Schema.Struct({ task: Schema.Struct({ id: Schema.String, kind: Schema.String }), told: Envelope })
        ),
        onlySums: Schema.Int.annotate({ description: "Older tasks of which nobody knows, as only sums are kept" })
      }),
      error: [...failing]
    }).annotate(Needs, "read"),
    HttpApiEndpoint.put("limit", "/tasks/:id/limits", {
      ...one,
      payload: Schema.Struct({ up: rate, down: rate }),
      success: TaskAnswer,
      error: [NotThere, NotNow, Unavailable]
    }).annotate(Needs, "run"),
    HttpApiEndpoint.put("prioritize", "/tasks/:id/priority", {
      ...one,
      payload: Schema.Struct({ priority }),
      success: TaskAnswer,
      error: [NotThere, NotNow, Unavailable]
    }).annotate(Needs, "run"),
    HttpApiEndpoint.post("pause", "/tasks/:id/pause", acting).annotate(Needs, "run"),
    HttpApiEndpoint.post("resume", "/tasks/:id/resume", acting).annotate(Needs, "run"),
    HttpApiEndpoint.post("cancel", "/tasks/:id/cancel", acting).annotate(Needs, "run"),
    /** The same task once more, or of what ran in a command a new one; what is done already is left alone. */
    HttpApiEndpoint.post("retry", "/tasks/:id/retry", {
      ...acting,
      error: [NotThere, NotNow, Refused, Forbidden, StorageFailed, Unavailable]
    }).annotate(Needs, "run"),
    /** A new task with the same request and hooks, of some files that failed alone: of `copy`, `move`, `sync` and `check`. */
    HttpApiEndpoint.post("retryFiles", "/tasks/:id/retry/files", {
      ...one,
      payload: Schema.Struct({
        paths: Schema.Array(text(1, 4096))
          .pipe(Schema.check(Schema.isMinLength(1), Schema.isMaxLength(mostPaths)))
          .annotate({
            description: "As `outcomes` tells them, in `failed`"
          })
      }),
      success: TaskAnswer.pipe(HttpApiSchema.status(201)),
      error: [NotThere, NotNow, Refused, Forbidden, StorageFailed, Unavailable]
    }).annotate(Needs, "run"),
    /** A new task with the same request and hooks. */
    HttpApiEndpoint.post("again", "/tasks/:id/again", {
      ...one,
      success: TaskAnswer.pipe(HttpApiSchema.status(201)),
      error: [NotThere, NotNow, Refused, Forbidden, StorageFailed, Unavailable]
    }).annotate(Needs, "run"),
    /** Server-sent events as `LiveEvent`; goes on after `Last-Event-ID`, or after `after`. */
    HttpApiEndpoint.get("events", "/events", {
      query: {
        tasks: Schema.optionalKey(
          Schema.String.annotate({ description: "Ids, parted by commas, of tasks whose facts are wanted" })
        ),
        after: Schema.optionalKey(Schema.String.annotate({ description: "The id of the last event that was seen" }))
      },
      success: HttpApiSchema.StreamUint8Array({ contentType: "text/event-stream" }),
      error: [TooMany, Unavailable]
    }).annotate(Needs, "read")
  )
  .prefix("/api/v1") {}
