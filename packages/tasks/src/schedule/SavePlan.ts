/** Checks what a person says of a schedule before it is kept: nobody is there when it runs. */
import { isAbsolute } from "node:path"
import type { RemoteError } from "@ourclone/core/configuration/RemoteError"
import type { Remotes } from "@ourclone/core/configuration/Remotes"
import type * as Secret from "@ourclone/core/configuration/Secret"
import * as JobKinds from "@ourclone/jobs/JobKinds"
import { InvalidJob, type SecretRefused } from "@ourclone/jobs/kind/JobError"
import * as OwnFolder from "@ourclone/jobs/place/OwnFolder"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as StoredSecrets from "../runner/StoredSecrets.ts"
import type { TaskError } from "../store/TaskError.ts"
import type { TaskStore } from "../store/TaskStore.ts"
import type { Plan, Schedule } from "../task/Schedule.ts"
import * as When from "./When.ts"

const refuse = (field: string, message: string) => new InvalidJob({ field, message })

const notWatched = { missing: "there is no such directory", other: "it is no directory" } as const

/** For whoever is there to name another folder. Fails with `InvalidJob` where this machine is sure to have no such one. */
export const checkWatch = Effect.fnUntraced(function* (watch: string | null) {
  if (watch === null) return
  const found = yield* OwnFolder.look(watch)
  if (found === "folder" || found === "unknown") return
  return yield* refuse("watch", `${watch} can not be watched: ${notWatched[found]}`)
})

/** Fails with `InvalidJob` where the plan makes no sense, and with `SecretRefused` where a secret of it is not stored. */
export const check = Effect.fnUntraced(function* (plan: Plan, surroundings: Secret.Surroundings) {
  if (plan.name.trim() === "") return yield* refuse("name", "a schedule needs a name")
  const when = When.parse(plan)
  if (Result.isFailure(when)) return yield* refuse(when.failure.field, when.failure.message)
  if (plan.watch !== null && !isAbsolute(plan.watch)) return yield* refuse("watch", "the folder must be absolute")
  const kind = yield* JobKinds.load(plan.kind)
  yield* kind.check(plan.request)
  yield* StoredSecrets.gather(yield* kind.needs(plan.request), StoredSecrets.none, surroundings)
})

type Saved = Effect.Effect<Schedule, InvalidJob | SecretRefused | RemoteError | TaskError, Remotes>

/** Keeps a new one. */
export const create = (store: TaskStore, plan: Plan, by: string, surroundings: Secret.Surroundings): Saved =>
  Effect.andThen(check(plan, surroundings), store.schedules.create(plan, by))

/** Changes one. */
export const change = (
  store: TaskStore,
  id: string,
  changes: Partial<Plan>,
  surroundings: Secret.Surroundings
): Saved =>
  Effect.gen(function* () {
    const before = yield* store.schedules.load(id)
    yield* check({ ...before, ...changes }, surroundings)
    return yield* store.schedules.change(before.id, changes)
  })
