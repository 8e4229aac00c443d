/** What a service tells, held against what this program knows before any screen sees it. */
import { failed as failedAt, ServiceFailed } from "@ourclone/client/Service"
import { Remedy } from "@ourclone/core/contract/Remedy"
import * as Envelope from "@ourclone/core/events/Envelope"
import { Failure } from "@ourclone/core/events/Failure"
import type { Cause, Outcome } from "@ourclone/tasks/store/TaskStore"
import { noHooks } from "@ourclone/tasks/task/Hooks"
import { Schedule } from "@ourclone/tasks/task/Schedule"
import * as ServedTask from "@ourclone/tasks/task/ServedTask"
import type { Task } from "@ourclone/tasks/task/Task"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { StorageType } from "../command/Ask.ts"

const misread = ({ message }: { readonly message: string }): ServiceFailed =>
  failedAt("UnexpectedAnswer", `the service answered what this program does not know: ${message.split("\n")[0]}`)

const reading = <S extends Schema.Top>(schema: S) => {
  const decode = Schema.decodeUnknownEffect(Schema.toCodecJson(schema))
  return (told: unknown) => Effect.mapError(decode(told), misread) as Effect.Effect<S["Type"], ServiceFailed>
}

export const task = (told: unknown): Effect.Effect<Task, ServiceFailed> =>
  Effect.mapError(ServedTask.read(told), misread)

const ofTasks = reading(
  Schema.Struct({ tasks: Schema.Array(Schema.Unknown), isCut: Schema.Boolean, position: Schema.String })
)

export const tasks = Effect.fnUntraced(function* (told: unknown) {
  const { isCut, position, tasks } = yield* ofTasks(told)
  return { tasks: yield* Effect.forEach(tasks, task), isCut, position }
})

const ofSchedules = reading(Schema.Array(Schema.Unknown))
const ofSchedule = reading(Schedule)

export const schedules = Effect.fnUntraced(function* (told: unknown) {
  return yield* Effect.forEach(yield* ofSchedules(told), (one) =>
    ofSchedule({ ...(one as object), by: null, lookedAt: 0, hooks: noHooks })
  )
})

const ofFacts = reading(Schema.Struct({ facts: Schema.Array(Schema.Unknown) }))

export const facts = (told: unknown) => Effect.map(ofFacts(told), ({ facts }) => Envelope.known(facts))

const remedyText = (remedy: Remedy | null): string | null => (remedy === null ? null : JSON.stringify(remedy))

const kind = Schema.Literals(["failed", "skipped"])
const because = { kind, code: Schema.String, message: Schema.String, remedy: Schema.NullOr(Remedy) }
const ofCauses = reading(Schema.Array(Schema.Struct({ ...because, files: Schema.Int, example: Schema.String })))

export const causes = (told: unknown): Effect.Effect<ReadonlyArray<Cause>, ServiceFailed> =>
  Effect.map(ofCauses(told), (all) =>
    all.map(({ example, remedy, ...rest }) => ({ ...rest, path: example, remedy: remedyText(remedy) }))
  )

const ofOutcomes = reading(
  Schema.Struct({
    outcomes: Schema.Array(Schema.Struct({ ...because, path: Schema.String })),
    isCut: Schema.Boolean
  })
)

export const outcomes = (told: unknown) =>
  Effect.map(ofOutcomes(told), ({ isCut, outcomes }) => ({
    isCut,
    outcomes: outcomes.map(({ remedy, ...rest }): Outcome => ({ ...rest, remedy: remedyText(remedy) }))
  }))

const value = Schema.Union([Schema.String, Schema.Finite, Schema.Boolean])
const ofTypes = reading(
  Schema.Array(
    Schema.Struct({
      type: Schema.String,
      description: Schema.String,
      options: Schema.Array(
        Schema.Struct({
          name: Schema.String,
          description: Schema.String,
          kind: Schema.Literals(["text", "secret", "number", "boolean"]),
          choices: Schema.NullOr(Schema.Array(Schema.String)),
          isWhole: Schema.Boolean,
          isRequired: Schema.Boolean,
          defaultValue: Schema.NullOr(value),
          isCommon: Schema.Boolean
        })
      )
    })
  )
)

export const types = (told: unknown): Effect.Effect<ReadonlyArray<StorageType>, ServiceFailed> =>
  Effect.map(ofTypes(told), (all) =>
    all.map(({ description, options, type }) => ({
      type,
      description,
      options: options
        .filter(({ isCommon }) => !isCommon)
        .map(({ choices, defaultValue, isCommon: _, ...option }) => ({
          ...option,
          flag: option.name,
          choices: choices ?? undefined,
          defaultValue: defaultValue ?? undefined
        }))
    }))
  )

export const remotes = reading(Schema.Array(Schema.Struct({ name: Schema.String, type: Schema.String })))

export const repositories = reading(
  Schema.Array(Schema.Struct({ name: Schema.String, location: Schema.String, hasPassword: Schema.Boolean }))
)

/** What a look at a storage came to. */
export const test = reading(
  Schema.Struct({ isOk: Schema.Boolean, says: Schema.Array(Schema.String), failure: Schema.NullOr(Failure) })
)

export const about = reading(
  Schema.Struct({ version: Schema.String, host: Schema.String, roots: Schema.Array(Schema.String) })
)

const ofFailed = reading(Schema.Struct({ failure: Failure }))

/** The rows of some lines. What a row is of is the business of whoever asked for it. */
export const rows = Effect.fnUntraced(function* (lines: ReadonlyArray<unknown>) {
  const found: Array<unknown> = []
  for (const line of lines) {
    const { _tag, row } = (line ?? {}) as { readonly _tag?: unknown; readonly row?: unknown }
    if (_tag === "Failed") return yield* new ServiceFailed(yield* ofFailed(line))
    if (_tag === "Row") found.push(row)
  }
  return found
})
