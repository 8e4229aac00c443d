/** `task look`: looks into storage for the screens, as long as they ask. */
import { homedir } from "node:os"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import * as StopSignals from "../process/StopSignals.ts"
import { Streams } from "../Streams.ts"
import * as Journal from "./Journal.ts"

const lines = Stream.fromAsyncIterable(process.stdin as AsyncIterable<Uint8Array>, (error) => error).pipe(
  Stream.catchCause(() => Stream.empty),
  Stream.decodeText,
  Stream.splitLines
)

export const run = Effect.gen(function* () {
  StopSignals.heed()
  const { desk } = yield* Effect.promise(() => import("@ourclone/tui/main"))
  const { serve } = yield* Effect.promise(desk)
  const { drained, environment, writeOut } = yield* Streams
  const write = (line: string) =>
    Effect.callback<void>((resume) => {
      writeOut(`${line}\n`)
      drained(() => resume(Effect.void))
    })
  const surroundings = { environment, home: environment.HOME || homedir(), directory: process.cwd() }
  const context = yield* Effect.context<Effect.Services<typeof Journal.open>>()
  // One journal for all that is asked, and none where nothing wants it.
  const store = yield* Effect.cached(Effect.provideContext(Journal.open, context))
  yield* serve({ lines, write, surroundings, store })
}).pipe(Effect.scoped)
