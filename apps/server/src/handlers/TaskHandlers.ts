/** Tasks: what the journal says, and what is wished of them. */
import type { TaskError } from "@ourclone/tasks/store/TaskError"
import type { Outcome } from "@ourclone/tasks/store/TaskStore"
import type { StateTag, TaskInput } from "@ourclone/tasks/task/TaskState"
import * as Effect from "effect/Effect"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import { Api } from "../api/Api.ts"
import { CurrentCaller } from "../api/Callers.ts"
import { NotNow, NotThere, Unavailable } from "../api/Problem.ts"
import type { OutcomeAnswer } from "../api/tasks/TaskAnswer.ts"
import * as EventStream from "../events/EventStream.ts"
import * as Position from "../events/Position.ts"
import { taskAnswer } from "../events/ToldTask.ts"
import { Connection } from "../http/Connection.ts"
import { Service } from "../http/Service.ts"
import { checkRequest } from "./QueryHandlers.ts"

const outcomeAnswer = ({ code, kind, message, path, remedy }: Outcome): OutcomeAnswer => ({
  path,
  kind,
  code,
  message,
  remedy: remedy === null ? null : JSON.parse(remedy)
})

const ofTaskError = ({ reason }: TaskError): NotThere | NotNow | Unavailable => {
  const fields = { code: reason._tag, detail: reason.message }
  if (reason._tag === "NoTask") return new NotThere(fields)
  if (reason._tag === "NotNow" || reason._tag === "LeaseLost") return new NotNow(fields)
  return new Unavailable(fields)
}

/** Of what only reads, or makes what is not there yet. */
const reading = (error: TaskError): NotThere | Unavailable => {
  const problem = ofTaskError(error)
  return problem._tag === "NotNow" ? new Unavailable({ code: problem.code, detail: problem.message }) : problem
}
const listing = (error: TaskError): Unavailable => {
  const { reason } = error
  return new Unavailable({ code: reason._tag, detail: reason.message })
}

type Wished = "Pause" | "Cancel" | "Resume" | "Again"

export const tasks = HttpApiBuilder.group(
  Api,
  "tasks",
  Effect.fn(function* (handlers) {
    const { host, stopping, tasks: store } = yield* Service
    const object = (text: string) =>
      Effect.map(Connection, (connection) => {
        connection.object = text
      })

    const wish = (tag: Wished) =>
      Effect.fnUntraced(function* ({ params: { id } }: { readonly params: { readonly id: string } }) {
        yield* object(id)
        const { name } = yield* CurrentCaller
        const wanted = { _tag: tag, by: name } satisfies TaskInput
        const task = yield* Effect.mapError(store.wish(id, wanted), ofTaskError)
        yield* host.look
        return taskAnswer(task)
      })

    return handlers
      .handle(
        "list",
        Effect.fnUntraced(function* ({ query: { before, kind, limit: asked = 100, state } }) {
          const states =
            state === undefined ? undefined : typeof state === "string" ? [state] : (state as ReadonlyArray<StateTag>)
          const limit = Math.min(asked, 500)
          const kinds = kind === undefined ? undefined : [kind]
          // First where the changes are, so that who goes on from there misses none.
          const position = yield* Effect.mapError(store.position, listing)
          const found = yield* Effect.mapError(store.list({ before, kinds, states, limit: limit + 1 }), listing)
          return {
            tasks: found.slice(0, limit).map(taskAnswer),
            isCut: found.length > limit,
            position: Position.write({ change: position, facts: new Map() })
          }
        })
      )
      .handle(
        "start",
        Effect.fnUntraced(function* ({ payload: { kind, notBefore, priority = 0, request } }) {
          const { name } = yield* CurrentCaller
          yield* checkRequest("job", kind, request)
          const made = { kind, request, origin: "service", by: name, priority, notBefore } as const
          const task = yield* Effect.mapError(store.create(made), listing)
          yield* object(task.id)
          yield* host.look
          return taskAnswer(task)
        })
      )
      .handle("show", ({ params: { id } }) =>
        Effect.mapBoth(store.load(id), { onSuccess: taskAnswer, onFailure: reading })
      )
      .handle(
        "facts",
        Effect.fnUntraced(function* ({ params: { id }, query: { after = 0, limit: asked = 500 } }) {
          const limit = Math.min(asked, 2_000)
          yield* Effect.mapError(store.load(id), reading)
          const found = yield* Effect.mapError(store.facts(id, after, limit + 1), reading)
          return { facts: found.slice(0, limit), isCut: found.length > limit }
        })
      )
      .handle(
        "outcomes",
        Effect.fnUntraced(function* ({ params: { id }, query: { after = "", code, kind, limit: asked = 500 } }) {
          const limit = Math.min(asked, 2_000)
          yield* Effect.mapError(store.load(id), reading)
          const found = yield* Effect.mapError(store.outcomes(id, kind, after, limit + 1, code), reading)
          return { outcomes: found.slice(0, limit).map(outcomeAnswer), isCut: found.length > limit }
        })
      )
      .handle(
        "causes",
        Effect.fnUntraced(function* ({ params: { id } }) {
          yield* Effect.mapError(store.load(id), reading)
          const found = yield* Effect.mapError(store.causes(id), reading)
          return found.map((cause) => {
            const { path, ...rest } = outcomeAnswer(cause)
            return { ...rest, files: cause.files, example: path }
          })
        })
      )
      .handle(
        "limit",
        Effect.fnUntraced(function* ({ params: { id }, payload: { down, up } }) {
          yield* object(id)
          const limits = up === null && down === null ? null : { up, down }
          return taskAnswer(yield* Effect.mapError(store.limit(id, limits), reading))
        })
      )
      .handle("pause", wish("Pause"))
      .handle("resume", wish("Resume"))
      .handle("cancel", wish("Cancel"))
      .handle("retry", wish("Again"))
      .handle(
        "again",
        Effect.fnUntraced(function* ({ params: { id } }) {
          const { name } = yield* CurrentCaller
          const { kind, priority, request } = yield* Effect.mapError(store.load(id), reading)
          // What was allowed once need not be today.
          yield* checkRequest("job", kind, request)
          const made = { kind, request, origin: "service", by: name, priority } as const
          const task = yield* Effect.mapError(store.create(made), reading)
          yield* object(task.id)
          yield* host.look
          return taskAnswer(task)
        })
      )
      .handle(
        "events",
        Effect.fnUntraced(function* ({ query: { after, tasks: watched }, request }) {
          const caller = yield* CurrentCaller
          const from = request.headers["last-event-id"] ?? after
          const ids = watched === undefined || watched === "" ? [] : watched.split(",").slice(0, EventStream.mostTasks)
          const source = (yield* HttpServerRequest.HttpServerRequest).source as Request
          const start = yield* Effect.mapError(EventStream.start(store, from, ids), listing)
          const body = EventStream.open({
            store,
            start,
            endsAt: caller.endsAt,
            signal: AbortSignal.any([stopping, source.signal])
          })
          return HttpServerResponse.raw(body, { contentType: "text/event-stream", headers: EventStream.headers })
        })
      )
  })
)
