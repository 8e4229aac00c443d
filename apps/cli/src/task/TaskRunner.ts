/** `task run --id`: the process in which one task of the journal runs. It outlives whoever started it. */
import { homedir } from "node:os"
import { decodeSecrets } from "@ourclone/tasks/host/RunnerProcess"
import { runTask } from "@ourclone/tasks/runner/RunTask"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import * as StopSignals from "../process/StopSignals.ts"
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
    const { environment } = yield* Streams
    const given = decodeSecrets(yield* readInput)
    const surroundings = { environment, home: environment.HOME || homedir(), directory: process.cwd() }
    const store = yield* Journal.open
    yield* runTask({ store, id, owner: yield* Journal.owner, given, surroundings })
  }).pipe(Effect.scoped)
