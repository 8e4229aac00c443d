/** `task run --id`: the process in which one task of the journal runs. It outlives whoever started it. */
import { homedir } from "node:os"
import { withSettings } from "@ourclone/core/accounts/AccountSettings"
import { Remotes } from "@ourclone/core/configuration/Remotes"
import { ThisMachine } from "@ourclone/jobs/kind/Surroundings"
import { decodeSecrets } from "@ourclone/tasks/host/RunnerProcess"
import * as AccountShares from "@ourclone/tasks/runner/AccountShares"
import * as CredentialsChange from "@ourclone/tasks/runner/CredentialsChange"
import { runTask } from "@ourclone/tasks/runner/RunTask"
import * as WakeLock from "@ourclone/tasks/runner/WakeLock"
import * as SqliteStore from "@ourclone/tasks/store/SqliteStore"
import { tasksFile } from "@ourclone/tasks/store/TasksFile"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { factories as builtIn } from "../Factories.ts"
import { withPlugins } from "../plugins/PluginFolder.ts"
import * as StopSignals from "../process/StopSignals.ts"
import { wakePrograms } from "../process/WakePrograms.ts"
import * as RemoteLog from "../RemoteLog.ts"
import { Streams } from "../Streams.ts"
import * as Journal from "./Journal.ts"

/** All of standard input; nothing where there is none, or its writer is gone. */
const readInput: Effect.Effect<string> = process.stdin.isTTY
  ? Effect.succeed("")
  : Stream.fromAsyncIterable(process.stdin as AsyncIterable<Uint8Array>, (error) => error).pipe(
      Stream.catchCause(() => Stream.empty),
      Stream.decodeText,
      Stream.mkString
    )

export const run = (id: string) =>
  Effect.gen(function* () {
    StopSignals.heed()
    const streams = yield* Streams
    const { environment } = streams
    const given = decodeSecrets(yield* readInput)
    const surroundings = { environment, home: environment.HOME || homedir(), directory: process.cwd() }
    const store = yield* Journal.open
    const owner = yield* Journal.owner
    // Its lines may be lost in a power cut; in return nothing waits for the disk.
    const { stateDirectory } = yield* ThisMachine
    const shares = yield* SqliteStore.make(tasksFile(stateDirectory), { isDurable: false })
    // With plugins, as the service and commands have them.
    const factories = (yield* withPlugins(builtIn, environment)).map(withSettings)
    const remotes = Remotes.layer({
      factories,
      environment,
      directory: surroundings.directory,
      openLog: RemoteLog.opener(process.argv.slice(2), factories, streams),
      share: AccountShares.make(shares, owner)
    })
    const running = Effect.gen(function* () {
      const { refresh } = yield* Remotes
      const refreshing = Effect.forever(Effect.andThen(CredentialsChange.wait, Effect.ignore(refresh)))
      yield* Effect.forkScoped(refreshing)
      if (environment.OURCLONE_MAY_SLEEP !== "1") yield* WakeLock.hold(wakePrograms[process.platform])
      return yield* runTask({ store, id, owner, given, surroundings })
    })
    yield* Effect.provide(running, remotes)
  }).pipe(Effect.scoped)
