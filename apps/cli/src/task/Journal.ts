/** The journal of tasks, as the command line opens it. */
import * as ProcessIdentity from "@ourclone/core/machine/ProcessIdentity"
import { ThisMachine } from "@ourclone/jobs/kind/Surroundings"
import * as Rescue from "@ourclone/tasks/host/Rescue"
import * as OpenStore from "@ourclone/tasks/store/OpenStore"
import * as Effect from "effect/Effect"

/** Open until the scope closes. */
export const open = Effect.flatMap(ThisMachine, (machine) => OpenStore.open(machine))

/** Open, and without tasks that only seem to run because their process has ended. */
export const openToLook = Effect.tap(open, (store) => Rescue.rescue(store))

export const owner = Effect.sync(ProcessIdentity.current)
