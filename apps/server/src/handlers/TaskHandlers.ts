/** Tasks: what the journal says, and what is wished of them. */
import { version } from "@ourclone/core/events/Envelope"
import * as OnlyPaths from "@ourclone/jobs/transfer/OnlyPaths"
import * as WhatBecame from "@ourclone/tasks/host/WhatBecame"
import * as PathKey from "@ourclone/tasks/store/PathKey"
import type { TaskError } from "@ourclone/tasks/store/TaskError"
import type { Outcome } from "@ourclone/tasks/store/TaskStore"
import type { Task } from "@ourclone/tasks/task/Task"
import { can, hasEnded, type StateTag, type TaskInput } from "@ourclone/tasks/task/TaskState"
import * as Effect from "effect/Effect"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import { Api } from "../api/Api.ts"
import { CurrentCaller } from "../api/Callers.ts"
import { NotNow, Refused, TooMany, Unavailable } from "../api/Problem.ts"
import type { OutcomeAnswer } from "../api/tasks/TaskAnswer.ts"
import * as EventStream from "../events/EventStream.ts"
import * as Listeners from "../events/Listeners.ts"
import * as SharedReading from "../events/SharedReading.ts"
import { taskAnswer } from "../events/ToldTask.ts"
import { about } from "../http/Connection.ts"
import { ofTaskError, reading, Service } from "../http/Service.ts"
import { checkRequest, foresee } from "./QueryHandlers.ts"
import * as TaskListing from "./TaskListing.ts"

const outcomeAnswer = ({ code, kind, message, path, remedy }: Outcome): OutcomeAnswer => ({
  path,
  kind,
  code,
  message,
  remedy: remedy === null ? null : JSON.parse(remedy)
})

const listing = (error: TaskError): Unavailable => {
  const { reason } = error
  return new Unavailable({ code: reason._tag, detail: reason.message })
}

const tooManyStreams = (): TooMany =>
  new TooMany({
    code: "TooManyStreams",
    detail: "too many streams of events are open; close some of them first",
    retryAfterSeconds: 10
  })

/** The page signs in with a session; commands and programs show a token, or come by the socket. */
const ofCaller = Effect.map(
  CurrentCaller,
  ({ name, session }) => ({ origin: session === null ? "command" : "service", isOfService: true, by: name }) as const
)

type Wished = "Pause" | "Cancel" | "Resume" | "Again"

export const tasks = HttpApiBuilder.group(
  Api,
  "tasks",
  Effect.fn(function* (handlers) {
    const { host, people, stopping, tasks: store } = yield* Service
    const listeners = Listeners.make()
    const shared = SharedReading.make(store)
    const list = TaskListing.make(store)

    const wish = (tag: Wished) =>
      Effect.fnUntraced(function* ({ params: { id } }: { readonly params: { readonly id: string } }) {
        yield* about(id)
        const { name } = yield* CurrentCaller
        const wanted = { _tag: tag, by: name } satisfies TaskInput
        const task = yield* Effect.mapError(store.wish(id, wanted), ofTaskError)
        yield* host.look
        return taskAnswer(task)
      })

    const again = wish("Again")

    /** The task's request for these files alone, each of which has failed. */
    const requestOfFailed = Effect.fnUntraced(function* (
      { id, kind, request, state }: Task,
      paths: ReadonlyArray<string>
    ) {
      if (!hasEnded(state)) {
        return yield* new NotNow({ code: "NotNow", detail: `task ${id} has not ended yet, and still tries by itself` })
      }
      const only = OnlyPaths.request(kind, request, paths)
      if (only === undefined) {
        const detail = `a task of the kind "${kind}" is not tried again for some files alone; retry all of it`
        return yield* new NotNow({ code: "NotOfFiles", detail })
      }
      const failed = new Set(yield* Effect.mapError(store.failedAmong(id, paths), ofTaskError))
      const isNoName = (path: string): boolean => !OnlyPaths.isNameable(path) || PathKey.isCut(path)
      const at = paths.findIndex((path) => !failed.has(path) || isNoName(path))
      if (at >= 0) {
        const message = failed.has(paths[at]!)
          ? "its name can not be told from others in a list; retry all of the task"
          : "that file has not failed in this task"
        return yield* new Refused({
          code: "InvalidRequest",
          detail: message,
          errors: [{ path: ["payload", "paths", at], message }]
        })
      }
      yield* checkRequest("job", kind, only, { at: undefined })
      return only
    })

    /** Another task that does the same. */
    const anew = Effect.fnUntraced(function* ({ hooks, kind, machine, priority, request }: Task) {
      // Its paths are those of the machine where it was asked for.
      const asked = { kind, request, hooks, priority, machine: machine ?? undefined }
      const task = yield* Effect.mapError(store.create({ ...asked, ...(yield* ofCaller) }), reading)
      yield* about(task.id)
      yield* host.look
      return taskAnswer(task)
    })

    return handlers
      .handle(
        "list",
        Effect.fnUntraced(function* ({ query: { before, kind, limit: asked = 100, state } }) {
          const states =
            state === undefined ? undefined : typeof state === "string" ? [state] : (state as ReadonlyArray<StateTag>)
          const kinds = kind === undefined ? undefined : [kind]
          const query = { before, kinds, states, limit: Math.min(asked, 500) }
          const text = yield* Effect.mapError(list(query), listing)
          return HttpServerResponse.text(text, { contentType: "application/json" })
        })
      )
      .handle(
        "start",
        Effect.fnUntraced(function* ({ payload: { kind, notBefore, priority = 0, request } }) {
          yield* checkRequest("job", kind, request)
          yield* foresee(kind, request)
          const made = { kind, request, priority, notBefore, ...(yield* ofCaller) }
          const task = yield* Effect.mapError(store.create(made), listing)
          yield* about(task.id)
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
        "parts",
        Effect.fnUntraced(function* ({ params: { id } }) {
          const task = yield* Effect.mapError(store.load(id), reading)
          const parts = yield* Effect.mapError(store.parts(task.id), reading)
          return parts.map(({ task: { owner, state } }) => ({ state: state._tag, host: owner?.host ?? null }))
        })
      )
      .handle("why", ({ query: { limit: asked = 100, path } }) =>
        Effect.mapBoth(WhatBecame.of(store, path, Math.min(asked, 500)), {
          onSuccess: ({ found, onlySums }) => ({
            found: found.map(({ fact: { at, fact }, task: { id, kind } }) => ({
              task: { id, kind },
              told: { v: version, at, event: fact }
            })),
            onlySums
          }),
          onFailure: reading
        })
      )
      .handle(
        "limit",
        Effect.fnUntraced(function* ({ params: { id }, payload: { down, up } }) {
          yield* about(id)
          const limits = up === null && down === null ? null : { up, down }
          return taskAnswer(yield* Effect.mapError(store.limit(id, limits), ofTaskError))
        })
      )
      .handle(
        "prioritize",
        Effect.fnUntraced(function* ({ params: { id }, payload: { priority } }) {
          yield* about(id)
          const task = yield* Effect.mapError(store.prioritize(id, priority), ofTaskError)
          yield* host.look
          return taskAnswer(task)
        })
      )
      .handle("pause", wish("Pause"))
      .handle("resume", wish("Resume"))
      .handle("cancel", wish("Cancel"))
      .handle(
        "retry",
        Effect.fnUntraced(function* ({ params }) {
          const task = yield* Effect.mapError(store.load(params.id), reading)
          // What was allowed once need not be today, nor to everybody.
          yield* checkRequest("job", task.kind, task.request, { at: undefined })
          // What a command did ended with it.
          return yield* task.isRecord && can("Again")(task.state) ? anew(task) : again({ params })
        })
      )
      .handle(
        "retryFiles",
        Effect.fnUntraced(function* ({ params: { id }, payload: { paths } }) {
          const task = yield* Effect.mapError(store.load(id), reading)
          return yield* anew({ ...task, request: yield* requestOfFailed(task, paths) })
        })
      )
      .handle(
        "again",
        Effect.fnUntraced(function* ({ params: { id } }) {
          const task = yield* Effect.mapError(store.load(id), reading)
          yield* checkRequest("job", task.kind, task.request, { at: undefined })
          return yield* anew(task)
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
          const leave = listeners.join(caller.name)
          if (leave === undefined) return yield* tooManyStreams()
          const isOfSocket = caller.session === null && caller.token === null
          const body = EventStream.open({
            context: yield* Effect.context<never>(),
            reading: shared,
            start,
            endsAt: caller.endsAt,
            mayStay: () => isOfSocket || people.isOpen(caller),
            signal: AbortSignal.any([stopping, source.signal]),
            onOver: leave
          })
          return HttpServerResponse.raw(body, { contentType: "text/event-stream", headers: EventStream.headers })
        })
      )
  })
)
