/** Schedules: kept in the journal, and started by the host of its tasks. */
import * as SavePlan from "@ourclone/tasks/schedule/SavePlan"
import * as Scheduler from "@ourclone/tasks/schedule/Scheduler"
import * as When from "@ourclone/tasks/schedule/When"
import { type Plan, plain, type Schedule } from "@ourclone/tasks/task/Schedule"
import * as Effect from "effect/Effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import * as Result from "effect/Result"
import { Api } from "../api/Api.ts"
import { CurrentCaller } from "../api/Callers.ts"
import { NotNow, Refused } from "../api/Problem.ts"
import type { ScheduleAnswer } from "../api/schedules/ScheduleGroup.ts"
import { taskAnswer } from "../events/ToldTask.ts"
import { about } from "../http/Connection.ts"
import { ofTaskError, Service } from "../http/Service.ts"
import { checkRequest } from "./QueryHandlers.ts"

const shown = 3

const parsed = (cron: string, zone: string) => {
  const when = When.parse({ cron, zone })
  if (Result.isSuccess(when)) return Effect.succeed(when.success)
  const { field, message } = when.failure
  return Effect.fail(
    new Refused({ code: "InvalidSchedule", detail: message, errors: [{ path: ["payload", field], message }] })
  )
}

export const schedules = HttpApiBuilder.group(
  Api,
  "schedules",
  Effect.fn(function* (handlers) {
    const { clock, guard, host, sharedAs, tasks: store } = yield* Service

    const answerOf = Effect.fnUntraced(function* (schedule: Schedule) {
      const { by, hooks, isOfService, lookedAt, ...told } = schedule
      const when = schedule.isOn ? Result.getOrElse(When.parse(schedule), () => undefined) : undefined
      const last = yield* Effect.mapError(Scheduler.lastTask(store, schedule), ofTaskError)
      return {
        ...told,
        hooks: { before: hooks.before?.command[0] ?? null, after: hooks.after?.command[0] ?? null },
        next: when === undefined ? [] : When.upcoming(when, clock(), shown),
        lastTask: last === undefined ? null : taskAnswer(last)
      } satisfies ScheduleAnswer
    })

    /** Nobody is there when it runs: what could go wrong for lack of a person is refused now. */
    const check = Effect.fnUntraced(function* (plan: Plan) {
      yield* parsed(plan.cron, plan.zone)
      if (plan.watch !== null) yield* guard.request({ watch: plan.watch }, ["payload"])
      yield* checkRequest("job", plan.kind, plan.request, { isAlone: true })
    })

    /** Not of one that was there when it was named: a disk may be away for a while. */
    const checkWatch = (watch: string | null) =>
      Effect.mapError(SavePlan.checkWatch(watch), ({ field = "watch", message }) => {
        const errors = [{ path: ["payload", field], message }]
        return new Refused({ code: "InvalidSchedule", detail: message, errors })
      })

    /** Its paths are those of the machine where it was made, and that one alone knows which of them are allowed. */
    const refuseElsewhere = Effect.fnUntraced(function* (
      { machine, name }: Schedule,
      { request, watch }: Partial<Pick<Plan, "request" | "watch">>
    ) {
      const isSame = request === undefined && watch === undefined
      if (sharedAs === undefined || machine === sharedAs || isSame) return
      const detail = `what "${name}" does is changed on ${machine ?? "another machine"}, where it was made`
      return yield* new NotNow({ code: "OtherMachine", detail })
    })

    return handlers
      .handle("schedules", () =>
        Effect.flatMap(Effect.mapError(store.schedules.list, ofTaskError), (all) => Effect.forEach(all, answerOf))
      )
      .handle(
        "addSchedule",
        Effect.fnUntraced(function* ({ payload }) {
          const { name } = yield* CurrentCaller
          const plan: Plan = { ...plain, ...payload, isOfService: true }
          yield* check(plan)
          yield* checkWatch(plan.watch)
          const made = yield* Effect.mapError(store.schedules.create(plan, name), ofTaskError)
          yield* about(made.id)
          return yield* answerOf(made)
        })
      )
      .handle("due", ({ payload: { cron, zone } }) =>
        Effect.map(parsed(cron, zone), (when) => ({ next: [...When.upcoming(when, clock(), shown)] }))
      )
      .handle(
        "changeSchedule",
        Effect.fnUntraced(function* ({ params: { id }, payload }) {
          yield* about(id)
          const before = yield* Effect.mapError(store.schedules.load(id), ofTaskError)
          yield* refuseElsewhere(before, payload)
          yield* check({ ...before, ...payload })
          if (payload.watch !== undefined) yield* checkWatch(payload.watch)
          const isAnew = payload.request !== undefined || payload.watch !== undefined
          const change = { ...payload, ...(isAnew ? { isOfService: true } : {}) }
          return yield* answerOf(yield* Effect.mapError(store.schedules.change(before.id, change), ofTaskError))
        })
      )
      .handle(
        "removeSchedule",
        Effect.fnUntraced(function* ({ params: { id } }) {
          yield* about(id)
          yield* Effect.mapError(store.schedules.remove(id), ofTaskError)
        })
      )
      .handle(
        "runNow",
        Effect.fnUntraced(function* ({ params: { id } }) {
          yield* about(id)
          const schedule = yield* Effect.mapError(store.schedules.load(id), ofTaskError)
          // What was allowed once need not be today.
          yield* checkRequest("job", schedule.kind, schedule.request, { at: undefined })
          const task = yield* Effect.mapError(Scheduler.startNow(store, schedule), ofTaskError)
          yield* host.look
          return taskAnswer(task)
        })
      )
  })
)
