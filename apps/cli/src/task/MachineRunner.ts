/** `runner`: this machine takes tasks of a journal that several share. */
import { Remotes } from "@ourclone/core/configuration/Remotes"
import { databaseVariable, ThisMachine } from "@ourclone/jobs/kind/Surroundings"
import * as TaskHost from "@ourclone/tasks/host/TaskHost"
import { whereOf } from "@ourclone/tasks/store/PostgresPlace"
import { mayRun } from "@ourclone/tasks/task/OtherMachines"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { usage } from "../ExitCode.ts"
import * as Output from "../Output.ts"
import * as StopSignals from "../process/StopSignals.ts"
import { Streams } from "../Streams.ts"
import * as Journal from "./Journal.ts"
import { surroundings } from "./Surroundings.ts"
import { taskProgram } from "./TaskProgram.ts"

export const run = Effect.fnUntraced(function* ({ atOnce }: { readonly atOnce: number }) {
  const streams = yield* Streams
  const output = yield* Output.make
  const { database, stateDirectory } = yield* ThisMachine
  if (database === undefined) {
    return yield* usage(
      `${databaseVariable} is not set: write where the machines share their tasks, such as postgres://ourclone@db.home/ourclone`
    )
  }
  if (atOnce < 1) return yield* usage("--at-once: a runner runs at least one task")
  StopSignals.heed()
  const remotes = yield* Remotes
  const store = yield* Journal.open
  const owner = yield* Journal.owner
  yield* TaskHost.make({
    store,
    owner,
    program: taskProgram(streams),
    mayRun: (task) => Effect.provideService(mayRun(owner.host, task), Remotes, remotes),
    settings: Effect.succeed({ ...TaskHost.defaults, atOnce }),
    notifications: { configuration: remotes.configurationFile, surroundings: yield* surroundings },
    ownFolder: stateDirectory,
    onProblem: output.problem
  })
  const { isHeard, name } = whereOf(Redacted.value(database))
  output.note(`${owner.host} takes tasks of ${name}, ${atOnce} at once`)
  if (isHeard) output.problem(`what is written to ${name} can be read on its way: the address says so by its sslmode`)
  return yield* Effect.never
}, Effect.scoped)
