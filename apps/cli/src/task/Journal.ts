/** The journal of tasks of this machine, as the command line opens it. */
import * as ProcessIdentity from "@ourclone/core/machine/ProcessIdentity"
import { ThisMachine } from "@ourclone/jobs/kind/Surroundings"
import * as Rescue from "@ourclone/tasks/host/Rescue"
import * as SqliteStore from "@ourclone/tasks/store/SqliteStore"
import { tasksFile } from "@ourclone/tasks/store/TasksFile"
import * as Effect from "effect/Effect"

/** Open until the scope closes. */
export const open = Effect.flatMap(ThisMachine, ({ stateDirectory }) => SqliteStore.make(tasksFile(stateDirectory)))

/** Open, and without tasks that only seem to run because their process has ended. */
export const openToLook = Effect.tap(open, (store) => Rescue.rescue(store))

export const owner = Effect.sync(ProcessIdentity.current)
