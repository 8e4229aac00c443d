/** `task run --stdin`: the side of a run in a process of its own that does the job. */
import { serve } from "@ourclone/jobs/OrderServer"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import * as Ending from "../Ending.ts"
import * as ExitCode from "../ExitCode.ts"
import * as StopSignals from "../process/StopSignals.ts"
import { Streams } from "../Streams.ts"

/** Lines of standard input; a pipe that breaks has come to its end. */
const lines = Stream.fromAsyncIterable(process.stdin as AsyncIterable<Uint8Array>, (error) => error).pipe(
  Stream.catchCause(() => Stream.empty),
  Stream.decodeText,
  Stream.splitLines
)

export const run = Effect.gen(function* () {
  StopSignals.heed()
  const { drained, writeOut } = yield* Streams
  const write = (texts: ReadonlyArray<string>) =>
    Effect.callback<void>((resume) => {
      writeOut(texts.map((text) => `${text}\n`).join(""))
      drained(() => resume(Effect.void))
    })
  if ((yield* serve({ lines, write })) === "stuck") Ending.exit(ExitCode.failed)
  // Standard input may still be open, and nobody waits for what comes now.
  process.stdin.destroy()
})
