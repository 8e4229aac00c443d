/** What a task may be of: every kind of job, and what is done with tasks themselves. */
import * as JobKinds from "@ourclone/jobs/JobKinds"
import type { InvalidJob } from "@ourclone/jobs/kind/JobError"
import * as Effect from "effect/Effect"
import type { TaskStore } from "../store/TaskStore.ts"

/** What a task is cut into. Nobody asks for it by itself, as it takes no lock. */
export const partKind = "range"

/** The kind of that type. Fails with `InvalidJob` where there is none. */
export const load = (type: string, store: TaskStore): Effect.Effect<JobKinds.OfferedJob, InvalidJob> =>
  type === "undo"
    ? Effect.promise(async () => JobKinds.offer((await import("./UndoKind.ts")).make(store)))
    : type === partKind
      ? Effect.promise(async () => JobKinds.offer((await import("@ourclone/jobs/transfer/Range")).kind))
      : JobKinds.load(type)
