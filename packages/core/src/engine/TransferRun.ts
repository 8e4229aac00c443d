/** What the steps of one transfer share. */

import type * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type { File } from "../contract/Entry.ts"
import type { Provider } from "../contract/Provider.ts"
import type { RemotePath } from "../contract/RemotePath.ts"
import type { StorageError } from "../contract/StorageError.ts"
import type { Fact } from "../events/RunEvent.ts"
import { ofStorageError, waiting } from "../events/StorageFailure.ts"
import { RetryListener } from "../layers/Retry.ts"
import type { Apart } from "./Apart.ts"
import type { TransferOptions } from "./Transfer.ts"
import type { TransferProgress } from "./TransferProgress.ts"
import type { TransferSummary } from "./TransferSummary.ts"
import type { UnderWay } from "./UnderWay.ts"
import type { Withholding } from "./Withholding.ts"

export interface TransferRun {
  readonly source: Provider
  readonly destination: Provider
  readonly options: TransferOptions
  readonly summary: TransferSummary
  readonly progress: TransferProgress
  readonly clock: Clock.Clock
  readonly underWay: UnderWay
  readonly withholding: Withholding
  readonly apart: Apart
  /** Copies inside the service, as long as that is possible. */
  copy: Provider["copy"]
  /** Codes of what was noted. */
  readonly noted: Set<string>
}

/** The file failed and the rest go on, unless nothing else can succeed either. `size` in bytes, of one that was to be stored. */
export const failed =
  ({ options, summary, withholding }: TransferRun, item: string, size?: number) =>
  (error: StorageError): Effect.Effect<void, StorageError> => {
    if (error.stopsJob) return Effect.fail(error)
    summary.failed++
    withholding.failed(item, error, size)
    options.tell.fact({ _tag: "Failed", failure: ofStorageError(error, item) })
    return Effect.void
  }

/** A pause from here on is worth telling of. */
const longPauseMillis = 1_000

/** Runs `work` so that each call of it that is made again counts, and is told of when its pause is long. */
export const watched = <A, E, R>(
  { clock, options, summary }: TransferRun,
  work: Effect.Effect<A, E, R>
): Effect.Effect<A, E, R> =>
  Effect.provideService(work, RetryListener, ({ error, pauseMillis }) => {
    summary.retries++
    if (pauseMillis < longPauseMillis) return
    const until = Math.round(clock.currentTimeMillisUnsafe() + pauseMillis)
    options.tell.fact(waiting(error, until))
  })

export const skipped = ({ options, summary }: TransferRun, item: string, because: string): void => {
  summary.skipped++
  options.tell.fact({ _tag: "Skipped", item, because })
}

export const noteOnce = ({ noted, options }: TransferRun, code: string, message: string): void => {
  if (noted.has(code)) return
  noted.add(code)
  options.tell.fact({ _tag: "Note", code, message })
}

type Done = Extract<Fact, { readonly _tag: "Done" }>

/** `stored` is what the destination has now: its version, where there are versions, is how it can be taken back. */
export const done = (
  { options }: TransferRun,
  deed: Done["deed"],
  path: RemotePath,
  bytes: number | undefined,
  { versionId }: Pick<File, "versionId">
): void => {
  const fact: { -readonly [field in keyof Done]: Done[field] } = { _tag: "Done", deed, item: path }
  if (bytes !== undefined) fact.bytes = bytes
  if (versionId !== undefined) fact.values = { versionId }
  options.tell.fact(fact)
}
