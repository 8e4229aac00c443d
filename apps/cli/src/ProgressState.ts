/**
 * What a transfer has done so far, folded from its events.
 *
 * One state belongs to one transfer and is changed in place: there may be
 * millions of events. It reads no clock; whoever draws it says what time it is.
 */
import type { TransferEvent } from "@ourclone/core/events/TransferEvent"

/** A file on its way. */
export interface InFlight {
  readonly path: string
  readonly size: number
  bytes: number
}

export interface Failure {
  readonly path: string
  readonly because: string
}

export interface ProgressState {
  /** Files that arrived or failed, and the bytes of those that arrived. */
  finishedFiles: number
  finishedBytes: number
  /** Bytes of files still on their way. */
  inFlightBytes: number
  removed: number
  skipped: number
  failed: number
  retries: number
  readonly inFlight: Map<string, InFlight>
  /** How many entries were skipped for each reason. */
  readonly skips: Map<string, number>
  /** The first `failuresKept` of them. */
  readonly failures: Array<Failure>
  /** Bytes done at times in milliseconds, oldest first, for the rate. */
  readonly samples: Array<{ readonly at: number; readonly bytes: number }>
}

export const failuresKept = 1000
/** The rate is that of the last so many milliseconds. */
const window = 10_000

export const make = (): ProgressState => ({
  finishedFiles: 0,
  finishedBytes: 0,
  inFlightBytes: 0,
  removed: 0,
  skipped: 0,
  failed: 0,
  retries: 0,
  inFlight: new Map(),
  skips: new Map(),
  failures: [],
  samples: []
})

const land = (state: ProgressState, path: string): void => {
  const file = state.inFlight.get(path)
  if (file === undefined) return
  state.inFlightBytes -= file.bytes
  state.inFlight.delete(path)
}

export const apply = (state: ProgressState, event: TransferEvent): void => {
  switch (event._tag) {
    case "Started":
      state.inFlight.set(event.path, { path: event.path, size: event.size, bytes: 0 })
      return
    case "Advanced": {
      const file = state.inFlight.get(event.path)
      if (file === undefined) return
      file.bytes += event.bytes
      state.inFlightBytes += event.bytes
      return
    }
    case "Stored":
    case "Copied":
      land(state, event.path)
      state.finishedFiles++
      state.finishedBytes += event.size
      return
    case "Failed":
      if (state.inFlight.has(event.path)) state.finishedFiles++
      land(state, event.path)
      state.failed++
      if (state.failures.length < failuresKept) {
        const { error, path } = event
        state.failures.push({ path, because: typeof error === "string" ? error : error.reason.message })
      }
      return
    case "Retried":
      state.retries++
      return
    case "Removed":
      state.removed++
      return
    case "Skipped":
      state.skipped++
      state.skips.set(event.because, (state.skips.get(event.because) ?? 0) + 1)
      return
  }
}

/** Bytes that arrived, and of those on their way. */
export const bytesDone = (state: ProgressState): number => state.finishedBytes + state.inFlightBytes

/** Notes how far the transfer is at `now`, in milliseconds. */
export const sample = (state: ProgressState, now: number): void => {
  state.samples.push({ at: now, bytes: bytesDone(state) })
  while (state.samples.length > 2 && now - state.samples[1]!.at >= window) state.samples.shift()
}

/** Bytes a second lately; `undefined` until two samples lie apart. */
export const rate = (state: ProgressState): number | undefined => {
  const first = state.samples[0]
  const last = state.samples.at(-1)
  if (first === undefined || last === undefined || last.at <= first.at) return undefined
  return Math.max(0, ((last.bytes - first.bytes) * 1000) / (last.at - first.at))
}
