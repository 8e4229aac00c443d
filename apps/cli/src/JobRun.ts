/** Runs a job in this process and tells about it as the flags ask for. */

import type { RunView } from "@ourclone/core/events/RunView"
import type { Beside, JobKind, SecretName } from "@ourclone/jobs/kind/JobKind"
import * as RunHere from "@ourclone/jobs/run/RunHere"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type * as Redacted from "effect/Redacted"
import { inputStays, server } from "./far/Server.ts"
import * as JobWords from "./JobWords.ts"
import type { Output } from "./Output.ts"
import * as StayAwake from "./process/StayAwake.ts"
import * as StopSignals from "./process/StopSignals.ts"
import * as RunReport from "./RunReport.ts"
import * as Asking from "./task/Asking.ts"
import * as RunRecord from "./task/RunRecord.ts"

export interface JobRunOptions extends RunReport.ReportOptions {
  /** What it would do rather than doing it. */
  readonly isPreview: boolean
  /** By the names that the kind asks for; none where it is absent. */
  readonly secrets?: ReadonlyMap<SecretName, Redacted.Redacted<string>> | undefined
  /** Bytes that go beside the request. */
  readonly input?: Beside["input"]
  /** Said when the run did not come to its end. */
  readonly stopped?: (view: RunView, exit: Exit.Failure<unknown, unknown>) => void
}

/** The summary, and what the run looked like in the end. Progress is gone from the terminal by then. */
export const run = <Request, Summary>(
  kind: JobKind<string, Request, Summary>,
  request: Request,
  output: Output,
  options: JobRunOptions
) =>
  Effect.scoped(
    Effect.gen(function* () {
      yield* Asking.answer(kind, request, { ...options, hasInput: options.input !== undefined })
      StopSignals.heed()
      const report = yield* RunReport.make(output, options)
      const { isPreview } = options
      const service = yield* server
      if (service !== undefined && options.input !== undefined) return yield* inputStays
      const { around, cancelledBy, sink } =
        isPreview || service !== undefined ? RunRecord.none : RunRecord.make(kind, request, output)
      const running =
        service === undefined
          ? around(
              RunHere.run(kind, request, {
                sink: sink(report.sink),
                secrets: options.secrets ?? new Map(),
                input: options.input,
                isPreview,
                cancelledBy
              }).pipe(StayAwake.during(kind.type))
            )
          : service.job(kind, request, { sink: report.sink, isPreview, note: output.note, problem: output.problem })
      const summary = yield* Effect.onExit(running, (exit) =>
        Effect.sync(() => {
          if (Exit.isFailure(exit)) options.stopped?.(report.view(), exit)
        })
      )
      return { summary, view: report.view() }
    })
  ).pipe(Effect.catchTag("InvalidJob", (error) => Effect.fail(JobWords.ofInvalid(error))))
