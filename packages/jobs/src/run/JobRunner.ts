/** What runs jobs: here, or in a process of their own. A face that only knows this does not know which. */

import { Failure } from "@ourclone/core/events/Failure"
import type { Sink, SinkFailed } from "@ourclone/core/events/Tell"
import type * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { JobError } from "../kind/JobError.ts"
import type { Beside, JobKind } from "../kind/JobKind.ts"
import type { Pausing } from "./Pausing.ts"

/** What every runner takes. Bytes of the face's own go into no other process: `RunHere` takes them besides. */
export interface RunOptions extends Omit<Beside, "tell" | "input"> {
  readonly sink: Sink
  /** Asks for `preview` rather than `run`. */
  readonly isPreview?: boolean
  /** Who is behind an interruption, asked when there was one. */
  readonly cancelledBy?: () => string
  /** Holds the run up, where somebody may want to. */
  readonly pausing?: Pausing | undefined
}

/** A run in another process failed, or that process ended without a word. */
export class RunFailed extends Schema.TaggedError<RunFailed>()("RunFailed", { failure: Failure }) {
  override get message(): string {
    return this.failure.message
  }
}

export interface JobRunner<R> {
  /**
   * The summary of the run. The sink has every event, `Finished` the last, when it ends, also where the run fails or is
   * interrupted. Fails with `SinkFailed` where the sink did, after the job has come to a good end.
   */
  readonly run: <Request, Summary>(
    kind: JobKind<string, Request, Summary>,
    request: Request,
    options: RunOptions
  ) => Effect.Effect<Summary, JobError | SinkFailed | RunFailed, R>
}
