/** `task run --id`: the process in which one task of the journal runs. It outlives whoever started it. */
import { homedir } from "node:os"
import { withSettings } from "@ourclone/core/accounts/AccountSettings"
import { Remotes } from "@ourclone/core/configuration/Remotes"
import * as StandardPaths from "@ourclone/core/machine/StandardPaths"
import { ThisMachine } from "@ourclone/jobs/kind/Surroundings"
import * as LeftToRunner from "@ourclone/tasks/host/LeftToRunner"
import { decodeSecrets } from "@ourclone/tasks/host/RunnerProcess"
import * as AccountShares from "@ourclone/tasks/runner/AccountShares"
import * as CredentialsChange from "@ourclone/tasks/runner/CredentialsChange"
import * as NextPart from "@ourclone/tasks/runner/NextPart"
import { runTask } from "@ourclone/tasks/runner/RunTask"
import * as OpenStore from "@ourclone/tasks/store/OpenStore"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { factories as builtIn } from "../Factories.ts"
import { withPlugins } from "../plugins/PluginFolder.ts"
import { sendSignal } from "../process/SendSignal.ts"
import * as StopSignals from "../process/StopSignals.ts"
import * as RemoteLog from "../RemoteLog.ts"
import { Streams } from "../Streams.ts"
import * as Awake from "./Awake.ts"
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
    const shares = yield* OpenStore.open(yield* ThisMachine, { isDurable: false })
    // With plugins, as the service and commands have them.
    const factories = (yield* withPlugins(builtIn, environment)).map(withSettings)
    const remotes = Remotes.layer({
      factories,
      environment,
      directory: surroundings.directory,
      openLog: RemoteLog.opener(process.argv.slice(2), factories, streams),
      share: AccountShares.make(shares, owner),
      uploadsDirectory: StandardPaths.uploadsDirectory((yield* ThisMachine).stateDirectory)
    })
    const running = Effect.gen(function* () {
      const { refresh } = yield* Remotes
      yield* Effect.forkScoped(CredentialsChange.each(Effect.ignore(refresh)))
      const awake = Awake.hold((yield* store.load(id)).kind, environment)
      const runOne = (one: string) => runTask({ store, id: one, owner, given, sendSignal, surroundings })
      const once = runOne(id)
      const whole = yield* store.wholeOf(id)
      let task = yield* Effect.scoped(Effect.andThen(awake, once))
      while (task !== undefined && (yield* LeftToRunner.wait(store, task))) {
        task = yield* Effect.scoped(Effect.andThen(awake, once))
      }
      while (whole !== undefined && task?.state._tag === "Done") {
        const next = yield* NextPart.after(store, whole)
        task = next === undefined ? undefined : yield* Effect.scoped(Effect.andThen(awake, runOne(next)))
      }
    })
    yield* Effect.provide(running, remotes)
  }).pipe(Effect.scoped)
