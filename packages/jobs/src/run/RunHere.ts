/** Runs a job in this process. */
import * as Tell from "@ourclone/core/events/Tell"
import { traced } from "@ourclone/core/machine/Traced"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { type JobError, toFailure } from "../kind/JobError.ts"
import type { Beside, JobKind } from "../kind/JobKind.ts"
import type { Surroundings } from "../kind/Surroundings.ts"
import type { JobRunner, RunOptions } from "./JobRunner.ts"

export interface HereOptions extends RunOptions, Pick<Beside, "input"> {}

/** The numbers of a summary. */
const figuresIn = (summary: Schema.Json): Readonly<Record<string, number>> =>
  Object.fromEntries(
    Object.entries(Object(summary)).flatMap(([name, value]) => (typeof value === "number" ? [[name, value]] : []))
  )

/** `JobRunner.run` in this process, where the face may give `input`. */
export const run = Effect.fnUntraced(function* <Request, Summary>(
  kind: JobKind<string, Request, Summary>,
  request: Request,
  { cancelledBy, input, isPreview = false, limits, pausing, secrets, sharing, sink }: HereOptions
): Effect.fn.Return<Summary, JobError | Tell.SinkFailed, Surroundings> {
  const { flush, pump, tell: telling } = yield* Tell.make(sink)
  const tell: Tell.Tell =
    pausing === undefined
      ? telling
      : {
          ...telling,
          room: Effect.andThen(pausing.open, telling.room),
          isBehind: () => pausing.isHeld() || telling.isBehind()
        }
  const begin = isPreview && kind.preview !== undefined ? kind.preview : kind.run
  const refused = kind.refuse?.(request)
  const working =
    refused === undefined
      ? Effect.scoped(begin(request, { tell, secrets, input, limits, sharing }))
      : Effect.fail(refused)
  const encode = Schema.encodeSync(Schema.toCodecJson(kind.summary))

  const finish = (exit: Exit.Exit<Summary, JobError | Tell.SinkFailed>): void => {
    if (Exit.isSuccess(exit)) {
      tell.fact({ _tag: "Finished", outcome: "done", summary: encode(exit.value) })
      return
    }
    if (Cause.hasInterruptsOnly(exit.cause)) {
      tell.fact({ _tag: "Finished", outcome: "cancelled", by: cancelledBy?.() ?? "its caller" })
      return
    }
    const error = Option.getOrUndefined(Cause.findErrorOption(exit.cause))
    const failure =
      error === undefined || error._tag === "SinkFailed"
        ? { code: error?._tag ?? "Defect", message: error?.message ?? "a mistake in ourclone", isRetryable: false }
        : toFailure(error)
    tell.fact({ _tag: "Finished", outcome: "failed", failure })
  }

  const watched = traced(
    working,
    "job",
    () => ({ type: kind.type, isPreview }),
    (summary) => figuresIn(encode(summary))
  )
  /** Only whoever runs it cancels it: work that interrupts itself is wrong. */
  const unbroken = Effect.catchCause(Effect.raceFirst(watched, pump), (cause) =>
    Cause.hasInterruptsOnly(cause)
      ? Effect.die(new Error(`the job ${kind.type} interrupted itself`))
      : Effect.failCause(cause)
  )
  return yield* unbroken.pipe(
    Effect.onExit((exit) =>
      Effect.suspend(() => {
        finish(exit)
        // What went wrong already says more than that nobody could be told.
        return Exit.isSuccess(exit) ? flush : Effect.ignore(flush)
      })
    )
  )
})

export const runner: JobRunner<Surroundings> = { run }
