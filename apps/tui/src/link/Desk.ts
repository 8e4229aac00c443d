/** The side of the desk that looks. Orders come in by lines, answers go out; it ends with its input. */
import type { Remotes } from "@ourclone/core/configuration/Remotes"
import type * as Secret from "@ourclone/core/configuration/Secret"
import { silent } from "@ourclone/core/events/Tell"
import { InvalidJob, type JobError, toFailure } from "@ourclone/jobs/kind/JobError"
import type { Surroundings } from "@ourclone/jobs/kind/Surroundings"
import * as QueryKinds from "@ourclone/jobs/QueryKinds"
import * as StoredSecrets from "@ourclone/tasks/runner/StoredSecrets"
import * as SavePlan from "@ourclone/tasks/schedule/SavePlan"
import type { TaskError } from "@ourclone/tasks/store/TaskError"
import type { TaskStore } from "@ourclone/tasks/store/TaskStore"
import * as TaskKinds from "@ourclone/tasks/undo/TaskKinds"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import type * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { decodeToDesk, encodeFromDesk, type FromDesk, type Order } from "./DeskWire.ts"
import * as StorageDesk from "./StorageDesk.ts"

export interface DeskOptions {
  /** Lines of standard input. */
  readonly lines: Stream.Stream<string>
  /** Hands on a line, and waits until it is taken. */
  readonly write: (line: string) => Effect.Effect<void>
  /** Where references of the configuration lead. */
  readonly surroundings: Secret.Surroundings
  /** What tasks did, for taking one back. Opened when that is asked for. */
  readonly store: Effect.Effect<TaskStore, TaskError>
}

type Works = Surroundings | Remotes
type Of<Tag> = Extract<Order, { readonly _tag: Tag }>

const givenOf = (secrets: { readonly [name: string]: string }): StoredSecrets.Secrets =>
  new Map(Object.entries(secrets).map(([name, secret]) => [name, Redacted.make(secret)]))

export const serve = Effect.fnUntraced(function* ({
  lines,
  store,
  surroundings,
  write
}: DeskOptions): Effect.fn.Return<void, never, Works> {
  const running = new Map<number, Fiber.Fiber<unknown>>()
  const say = (answer: FromDesk) => write(encodeFromDesk(answer))
  const value = (id: number, found: Effect.Effect<Schema.Json, JobError, Works>) =>
    Effect.flatMap(found, (json) => say({ _tag: "Value", id, value: json }))

  const unreadable = ({ message }: TaskError) => new InvalidJob({ message })
  const jobOf = (type: string) =>
    Effect.flatMap(Effect.mapError(store, unreadable), (opened) => TaskKinds.load(type, opened))

  const rows = Effect.fnUntraced(function* (id: number, { request, secrets, type }: Of<"Rows">) {
    const kind = yield* QueryKinds.load(type)
    const given = yield* StoredSecrets.gather(yield* kind.needs(request), givenOf(secrets), surroundings)
    yield* Stream.runForEachArray(kind.rows(request, { tell: silent, secrets: given }), (found) =>
      say({ _tag: "Rows", id, rows: found as ReadonlyArray<Schema.Json> })
    )
  })
  const preview = Effect.fnUntraced(function* (id: number, { request, secrets, type }: Of<"Preview">) {
    const kind = yield* jobOf(type)
    yield* kind.check(request)
    const given = yield* StoredSecrets.gather(yield* kind.needs(request), givenOf(secrets), surroundings)
    const sink = (events: Extract<FromDesk, { readonly _tag: "Events" }>["events"]) =>
      say({ _tag: "Events", id, events })
    // How it ended is told by its last event.
    yield* Effect.exit(kind.run(request, { isPreview: true, secrets: given, sink }))
  })
  const needs = Effect.fnUntraced(function* ({ request, secrets, type }: Of<"Needs">) {
    const kind = yield* jobOf(type)
    yield* kind.check(request)
    const given = givenOf(secrets)
    const wanted = yield* kind.needs(request)
    const missing: Array<string> = []
    for (const name of wanted) {
      const found = yield* Effect.result(StoredSecrets.gather([name], given, surroundings))
      if (found._tag === "Failure") missing.push(name)
    }
    return { wanted, missing }
  })

  const addSchedule = Effect.fnUntraced(function* ({ by, plan }: Of<"AddSchedule">) {
    const opened = yield* Effect.mapError(store, unreadable)
    yield* SavePlan.checkWatch(plan.watch)
    yield* Effect.catchTag(SavePlan.create(opened, plan, by, surroundings), "TaskError", (error) =>
      Effect.fail(
        error.reason._tag === "ScheduleExists"
          ? new InvalidJob({ message: error.message, field: "name" })
          : unreadable(error)
      )
    )
  })

  const perform = (id: number, order: Order): Effect.Effect<unknown, JobError, Works> => {
    switch (order._tag) {
      case "Rows":
        return rows(id, order)
      case "Preview":
        return preview(id, order)
      case "Needs":
        return value(id, needs(order))
      case "Storage":
        return value(id, StorageDesk.storage)
      case "Types":
        return value(id, StorageDesk.types)
      case "AddStorage":
        return value(id, StorageDesk.add(order))
      case "TestStorage":
        return value(id, StorageDesk.test(order))
      case "RemoveStorage":
        return value(id, Effect.as(StorageDesk.remove(order), null))
      case "AddRepository":
        return value(id, Effect.as(StorageDesk.addRepository(order), null))
      case "RemoveRepository":
        return value(id, Effect.as(StorageDesk.removeRepository(order), null))
      case "AddSchedule":
        return value(id, Effect.as(addSchedule(order), null))
    }
  }

  const answer = (id: number, order: Order) =>
    perform(id, order).pipe(
      Effect.andThen(say({ _tag: "End", id })),
      Effect.catchCause((cause) => {
        if (Cause.hasInterruptsOnly(cause)) return Effect.void
        const error = Option.getOrUndefined(Cause.findErrorOption(cause))
        const failure =
          error === undefined
            ? {
                code: "Defect",
                message: `a mistake in ourclone: ${Cause.pretty(cause).split("\n")[0]}`,
                isRetryable: false
              }
            : toFailure(error)
        return say({ _tag: "Failed", id, failure })
      }),
      Effect.ensuring(Effect.sync(() => running.delete(id)))
    )

  yield* Stream.runForEach(lines, (text) =>
    Effect.flatMap(decodeToDesk(text), (told) => {
      if (told._tag === "Order") {
        return Effect.map(Effect.forkChild(answer(told.id, told.order)), (fiber) => void running.set(told.id, fiber))
      }
      const fiber = running.get(told.id)
      return fiber === undefined ? Effect.void : Effect.forkChild(Fiber.interrupt(fiber))
    })
  ).pipe(Effect.orDie)
})
