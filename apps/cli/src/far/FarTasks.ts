/** Tasks as a service has them. */
import { failed, json, type Service, type ServiceFailed } from "@ourclone/client/Service"
import { Remedy } from "@ourclone/core/contract/Remedy"
import * as Envelope from "@ourclone/core/events/Envelope"
import type { Fact } from "@ourclone/core/events/RunEvent"
import * as Follow from "@ourclone/tasks/host/Follow"
import type { Readable } from "@ourclone/tasks/store/Readable"
import type { Outcome } from "@ourclone/tasks/store/TaskStore"
import * as ServedTask from "@ourclone/tasks/task/ServedTask"
import type { Task } from "@ourclone/tasks/task/Task"
import { isHeld, StateTag } from "@ourclone/tasks/task/TaskState"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { Tasks, TasksFailed } from "../task/Tasks.ts"
import * as FarRequest from "./FarRequest.ts"
import * as Patience from "./Patience.ts"
import { stopped } from "./Stopped.ts"

/** The most that is given at once. */
const page = 500

const misread = ({ message }: { readonly message: string }): ServiceFailed =>
  failed("CutOff", `the service answered what is not understood: ${message.split("\n")[0]}`)

const reading = <S extends Schema.Top>(schema: S) => {
  const decode = Schema.decodeUnknownEffect(Schema.toCodecJson(schema))
  return (told: unknown) => Effect.mapError(decode(told), misread) as Effect.Effect<S["Type"], ServiceFailed>
}

const readTask = (told: unknown) => Effect.mapError(ServedTask.read(told), misread)
const readList = reading(Schema.Struct({ tasks: Schema.Array(Schema.Unknown), isCut: Schema.Boolean }))
const readFacts = reading(Schema.Struct({ facts: Schema.Array(Schema.Unknown) }))
const readOutcomes = reading(
  Schema.Struct({
    outcomes: Schema.Array(
      Schema.Struct({
        path: Schema.String,
        kind: Schema.Literals(["failed", "skipped"]),
        code: Schema.String,
        message: Schema.String,
        remedy: Schema.NullOr(Remedy)
      })
    )
  })
)
const readBecame = reading(
  Schema.Struct({
    found: Schema.Array(
      Schema.Struct({ task: Schema.Struct({ id: Schema.String, kind: Schema.String }), told: Schema.Unknown })
    ),
    onlySums: Schema.Int
  })
)
const readParts = reading(Schema.Array(Schema.Struct({ state: StateTag, host: Schema.NullOr(Schema.String) })))

export type Act = "pause" | "resume" | "cancel" | "retry"

export interface FarTasks extends Tasks {
  readonly start: (asked: Pick<Task, "kind" | "request" | "priority">) => Effect.Effect<Task, TasksFailed>
  readonly act: (what: Act, id: string) => Effect.Effect<Task, TasksFailed>
}

export const make = (service: Service): FarTasks => {
  const ask = (method: string, path: string, body?: unknown) =>
    Effect.flatMap(FarRequest.ask(service, method, path, body), json)
  const of = (id: string, rest = "") => `tasks/${encodeURIComponent(id)}${rest}`
  const reads = (patiently: Patience.Patiently): Readable<TasksFailed> => ({
    load: (id) => Effect.mapError(patiently(Effect.flatMap(ask("GET", of(id)), readTask)), stopped),
    facts: (id, after, limit) =>
      patiently(ask("GET", of(id, `/facts?after=${after}&limit=${limit}`))).pipe(
        Effect.flatMap(readFacts),
        Effect.mapBoth({ onSuccess: ({ facts }) => Envelope.readAll(facts), onFailure: stopped })
      )
  })
  const through = (onWaiting: () => void) => reads(Patience.make(onWaiting))

  const tasks: Tasks = {
    ...reads((work) => work),
    following: ({ note }) => through(() => note(Patience.waitingForService)),
    list: Effect.fnUntraced(function* ({ limit, states = [] }) {
      const all: Array<Task> = []
      for (let isCut = true; isCut && all.length < limit; ) {
        const query = new URLSearchParams({ limit: String(Math.min(page, limit - all.length)) })
        for (const state of states) query.append("state", state)
        const last = all.at(-1)
        if (last !== undefined) query.set("before", last.id)
        const answer = yield* Effect.flatMap(ask("GET", `tasks?${query}`), readList)
        for (const told of answer.tasks) all.push(yield* readTask(told))
        isCut = answer.isCut && answer.tasks.length > 0
      }
      return all
    }, Effect.mapError(stopped)),
    outcomes: (id, kind, limit) =>
      ask("GET", of(id, `/outcomes?kind=${kind}&limit=${limit}`)).pipe(
        Effect.flatMap(readOutcomes),
        Effect.mapBoth({
          onSuccess: ({ outcomes }) =>
            outcomes.map(
              ({ remedy, ...rest }): Outcome => ({ ...rest, remedy: remedy === null ? null : JSON.stringify(remedy) })
            ),
          onFailure: stopped
        })
      ),
    why: (path, limit) =>
      ask("GET", `why?${new URLSearchParams({ path, limit: String(limit) })}`).pipe(
        Effect.flatMap(readBecame),
        Effect.mapBoth({
          onSuccess: ({ found, onlySums }) => ({
            found: found.flatMap(({ task, told }) =>
              Envelope.known([told]).map(({ at, event }) => ({ task, at, fact: event as Fact }))
            ),
            onlySums
          }),
          onFailure: stopped
        })
      ),
    parts: (id) => Effect.mapError(Effect.flatMap(ask("GET", of(id, "/parts")), readParts), stopped),
    noteQueued: () => Effect.void
  }

  const act = Effect.fnUntraced(function* (what: Act, id: string) {
    const before = yield* tasks.load(id)
    // One that is queued needs somebody to start it, and the service does.
    if (what === "resume" && before.state._tag === "Queued") return before
    const wished = yield* Effect.mapError(Effect.flatMap(ask("POST", of(before.id, `/${what}`)), readTask), stopped)
    if (what === "resume" || what === "retry") return wished
    // What is wished is known there by now.
    return yield* Follow.settled(
      through(() => {}),
      wished,
      ({ state }) => !isHeld(state),
      endMillis
    )
  })
  return {
    ...tasks,
    start: (asked) => Effect.mapError(Effect.flatMap(ask("POST", "tasks", asked), readTask), stopped),
    act
  }
}

/** As long as the service lets a task take to end. */
const endMillis = 60_000
