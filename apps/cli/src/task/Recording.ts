/** What writes the record of a run; loaded when there is something to write. */
import { Remotes } from "@ourclone/core/configuration/Remotes"
import * as ProcessIdentity from "@ourclone/core/machine/ProcessIdentity"
import { ThisMachine } from "@ourclone/jobs/kind/Surroundings"
import * as CredentialsChange from "@ourclone/tasks/runner/CredentialsChange"
import * as Recorder from "@ourclone/tasks/runner/Recorder"
import * as OpenStore from "@ourclone/tasks/store/OpenStore"
import type { NewTask } from "@ourclone/tasks/task/Task"
import * as Effect from "effect/Effect"

/** Until the scope closes. */
export const begin = (task: NewTask) =>
  Effect.gen(function* () {
    const store = yield* OpenStore.open(yield* ThisMachine, { isDurable: false })
    // Limits of an account that are written meanwhile hold for this run, as for those beside it.
    const { refresh } = yield* Remotes
    yield* Effect.forkScoped(CredentialsChange.each(Effect.ignore(refresh)))
    return yield* Recorder.begin(store, ProcessIdentity.current(), task)
  })
