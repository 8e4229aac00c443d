/** Schedules as a service has them. */
import { failed, json, type Service } from "@ourclone/client/Service"
import type { Plan, Schedule } from "@ourclone/tasks/task/Schedule"
import * as ServedSchedule from "@ourclone/tasks/task/ServedSchedule"
import * as ServedTask from "@ourclone/tasks/task/ServedTask"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { Schedules } from "../task/Schedules.ts"
import * as FarRequest from "./FarRequest.ts"
import { stopped } from "./Stopped.ts"

const misread = ({ message }: { readonly message: string }) =>
  failed("CutOff", `the service answered what is not understood: ${message.split("\n")[0]}`)

const decodeList = Schema.decodeUnknownEffect(Schema.Array(Schema.Unknown))

const read = (told: unknown) => Effect.mapError(ServedSchedule.read(told), misread)

/** What may be said of one from elsewhere: programs to be run around it may not. */
const asked = ({ hooks: _, isOfService: __, ...plan }: Plan) => plan

export const make = (service: Service): Schedules => {
  const ask = (method: string, path = "", body?: unknown) => FarRequest.ask(service, method, `schedules${path}`, body)
  const list = Effect.gen(function* () {
    const all = yield* Effect.mapError(decodeList(yield* json(yield* ask("GET"))), misread)
    return yield* Effect.forEach(all, read)
  })
  const load = Effect.fnUntraced(function* (name: string) {
    const all = yield* list
    const found = all.find(({ schedule }) => schedule.id === name) ?? all.find(({ schedule }) => schedule.name === name)
    return found ?? (yield* failed("NoSchedule", `there is no schedule "${name}"`))
  })
  const one = ({ id }: Schedule) => `/${encodeURIComponent(id)}`
  const told = Effect.fnUntraced(function* (method: string, path: string, body: unknown) {
    const { schedule } = yield* read(yield* json(yield* ask(method, path, body)))
    return schedule
  })
  return {
    list: Effect.mapError(list, stopped),
    load: (name) => Effect.mapError(load(name), stopped),
    create: (plan) => Effect.mapError(told("POST", "", asked(plan)), stopped),
    turn: (name, isOn) =>
      Effect.flatMap(load(name), ({ schedule }) => told("PATCH", one(schedule), { isOn })).pipe(
        Effect.mapError(stopped)
      ),
    remove: (name) =>
      Effect.flatMap(load(name), ({ schedule }) => ask("DELETE", one(schedule))).pipe(
        Effect.mapError(stopped),
        Effect.asVoid
      ),
    start: (schedule) =>
      ask("POST", `${one(schedule)}/run`).pipe(
        Effect.flatMap(json),
        Effect.flatMap((task) => Effect.mapError(ServedTask.read(task), misread)),
        Effect.mapError(stopped)
      ),
    // The service refuses one.
    isAwaited: () => false,
    noteUnserved: () => Effect.void
  }
}
