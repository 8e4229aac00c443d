/** Runs a query, and hands its rows on in the pieces in which they come. */
import type { Fact } from "@ourclone/core/events/RunEvent"
import { waiting } from "@ourclone/core/events/StorageFailure"
import type { Tell } from "@ourclone/core/events/Tell"
import { ofWaiting } from "@ourclone/core/events/WaitingText"
import { RetryListener } from "@ourclone/core/layers/Retry"
import type { JobError } from "@ourclone/jobs/kind/JobError"
import type { Beside, QueryKind } from "@ourclone/jobs/kind/JobKind"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { server } from "./far/Server.ts"
import * as JobWords from "./JobWords.ts"
import type { Output } from "./Output.ts"

/** What goes beside the request. Of what a query tells, its user hears once that it waits. */
export const beside = (output: Output): Beside => {
  let hasTold = false
  const fact = (fact: Fact): void => {
    if (fact._tag !== "Waiting" || hasTold) return
    hasTold = true
    const now = Date.now()
    output.note(ofWaiting({ for: fact.for, since: now, until: fact.until, failure: fact.failure }, now))
  }
  const tell: Tell = { fact, gauge: () => {}, room: Effect.void, isBehind: () => false }
  return { tell, secrets: new Map() }
}

/** A shorter pause is not worth a word. */
const longPauseMillis = 1_000

/** Tells of the calls that are made again while the rows come. */
const tellingWaits = <A, E, R>(work: Effect.Effect<A, E, R>, { tell }: Beside): Effect.Effect<A, E, R> =>
  Effect.provideService(work, RetryListener, ({ error, pauseMillis }) => {
    if (pauseMillis < longPauseMillis) return
    const until = Math.round(Date.now() + pauseMillis)
    tell.fact(waiting(error, until))
  })

/** What a query may fail with, in the words of flags. */
export const inWords = <A, R>(effect: Effect.Effect<A, JobError, R>) =>
  Effect.catchTag(effect, "InvalidJob", (error) => Effect.fail(JobWords.ofInvalid(error)))

export const each = <Request, Row>(
  kind: QueryKind<string, Request, Row>,
  request: Request,
  output: Output,
  take: (rows: ReadonlyArray<Row>) => void
) =>
  Effect.flatMap(server, (service) => {
    const each = (rows: ReadonlyArray<Row>) =>
      Effect.andThen(
        Effect.sync(() => take(rows)),
        output.room
      )
    if (service !== undefined) return Stream.runForEachArray(service.rows(kind, request), each)
    const told = beside(output)
    return inWords(tellingWaits(Stream.runForEachArray(kind.run(request, told), each), told))
  })
