/** What all commands about repositories share: their output, and how a failure is told to a program. */

import * as PrintableText from "@ourclone/core/events/PrintableText"
import * as Effect from "effect/Effect"
import * as ExitCode from "../ExitCode.ts"
import * as Output from "../Output.ts"
import * as SmallHeap from "../process/SmallHeap.ts"
import * as StopSignals from "../process/StopSignals.ts"
import { Streams } from "../Streams.ts"
import { told } from "../words/remedies.ts"

const exitError = Effect.fnUntraced(function* (error: ExitCode.CommandError) {
  const { writeError } = yield* Streams
  const code = ExitCode.ofError(error)
  if (error.message !== "") {
    writeError(`${PrintableText.json({ message_type: "exit_error", code, message: told(error) })}\n`)
  }
  return yield* new ExitCode.CommandStopped({ code, message: "" })
})

/** Programs read both streams line by line: what went wrong is an object, too, and notes are for people. */
const forPrograms = (output: Output.Output): Output.Output => ({
  ...output,
  note: () => undefined,
  problem: (message) => output.errorJson({ message_type: "error", error: { message }, during: "", item: "" })
})

const setUpProcess = Effect.sync(() => {
  SmallHeap.keep()
  StopSignals.heed()
})

/** Runs `body` with its output. With `--json` a failure becomes restic's `exit_error` on standard error. */
export const command = <A, R>(body: (output: Output.Output) => Effect.Effect<A, ExitCode.CommandError, R>) =>
  Effect.scoped(
    Effect.flatMap(Effect.andThen(setUpProcess, Output.make), (output) =>
      output.isJson
        ? Effect.catch(body(forPrograms(output)), (error) => Effect.andThen(output.flush, exitError(error)))
        : body(output)
    )
  )

/** Ends the command with the code for what could not be done; everything has been said. */
export const someFailed = new ExitCode.CommandStopped({ code: ExitCode.someFilesFailed, message: "" })
