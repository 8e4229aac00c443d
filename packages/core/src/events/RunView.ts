/**
 * What one run looks like so far: a fold of its events, the same for every face.
 *
 * No clock, no words, no Node: a page imports it too. Facts may come twice, when somebody reads on from where it was;
 * the second time they change nothing.
 */

import { type Remedy, remedyField } from "../contract/Remedy.ts"
import type { Read } from "./Envelope.ts"
import type { Failure } from "./Failure.ts"
import * as Rate from "./Rate.ts"
import type { Deed, Fact, InFlight, Phase, RunEvent, WaitReason } from "./RunEvent.ts"

export interface Waiting {
  readonly for: WaitReason
  /** When nothing began to go on, and until when as far as that is known; milliseconds since 1970 UTC. */
  readonly since: number
  readonly until: number | undefined
  readonly failure: Failure | undefined
}

export interface Cause {
  readonly items: number
  readonly example: Failure
}

export interface RunView {
  /** The number of the last fact. */
  readonly seq: number
  /** False once a number was missing: read on from the last one before again. */
  readonly isGapless: boolean
  /** Times of the first and the last event. */
  readonly beganAt: number | undefined
  readonly lastAt: number | undefined
  readonly phase: Phase | undefined
  readonly planned: {
    readonly files: number
    readonly bytes: number
    readonly removals: number
    readonly same: number
    readonly isFinal: boolean
  }
  readonly done: { readonly files: number; readonly bytes: number }
  /** Facts of each deed. */
  readonly deeds: { readonly [Name in Deed]?: number }
  /** Bytes of the items that are done, without those on their way. */
  readonly settledBytes: number
  readonly skipped: number
  /** How many items were skipped for each reason, for the first `reasonsKept` reasons. */
  readonly skips: Readonly<Record<string, { readonly count: number; readonly remedy?: Remedy }>>
  readonly failed: number
  /** By code, so that a screen names each cause once. */
  readonly causes: Readonly<Record<string, Cause>>
  /** The first `failuresKept` of them. */
  readonly failures: ReadonlyArray<Failure>
  readonly waiting: Waiting | undefined
  /** Items on their way, and how many more there are. */
  readonly current: ReadonlyArray<InFlight>
  readonly more: number
  /** Bytes done at times, oldest first, for a rate. */
  readonly samples: Rate.Samples
  readonly finished: Extract<Fact, { readonly _tag: "Finished" }> | undefined
}

/** The step with which each run of a durable task begins, where several are told one after the other: the view begins anew. */
export const runBegan = "runBegan"

export const reasonsKept = 100
export const failuresKept = 1000

export const empty: RunView = {
  seq: 0,
  isGapless: true,
  beganAt: undefined,
  lastAt: undefined,
  phase: undefined,
  planned: { files: 0, bytes: 0, removals: 0, same: 0, isFinal: false },
  done: { files: 0, bytes: 0 },
  deeds: {},
  settledBytes: 0,
  skipped: 0,
  skips: {},
  failed: 0,
  causes: {},
  failures: [],
  waiting: undefined,
  current: [],
  more: 0,
  samples: [],
  finished: undefined
}

const withSkip = (
  skips: RunView["skips"],
  { because, remedy }: Extract<Fact, { readonly _tag: "Skipped" }>
): RunView["skips"] =>
  because in skips || Object.keys(skips).length < reasonsKept
    ? { ...skips, [because]: { ...remedyField(remedy), count: (skips[because]?.count ?? 0) + 1 } }
    : skips

const withFailure = (view: RunView, failure: Failure): RunView => {
  const { code } = failure
  const cause = { items: (view.causes[code]?.items ?? 0) + 1, example: view.causes[code]?.example ?? failure }
  return {
    ...view,
    failed: view.failed + 1,
    causes: { ...view.causes, [code]: cause },
    failures: view.failures.length < failuresKept ? [...view.failures, failure] : view.failures
  }
}

const apply = (view: RunView, at: number, event: RunEvent): RunView => {
  switch (event._tag) {
    case "Planned": {
      const { bytes, files, isFinal, removals, same = 0 } = event
      return { ...view, planned: { bytes, files, isFinal, removals, same } }
    }
    case "Done":
      return {
        ...view,
        waiting: undefined,
        deeds: { ...view.deeds, [event.deed]: (view.deeds[event.deed] ?? 0) + 1 },
        settledBytes: view.settledBytes + (event.bytes ?? 0)
      }
    case "Skipped":
      return { ...view, skipped: view.skipped + 1, skips: withSkip(view.skips, event) }
    case "Failed":
      return withFailure(view, event.failure)
    case "Waiting": {
      const since = view.waiting?.for === event.for ? view.waiting.since : at
      return { ...view, waiting: { for: event.for, since, until: event.until, failure: event.failure } }
    }
    case "Progress": {
      const { bytes, current, files, more = 0, phase } = event
      const goesOn = files > view.done.files || bytes > view.done.bytes || phase !== view.phase
      return {
        ...view,
        phase,
        done: { files, bytes },
        current,
        more,
        waiting: goesOn ? undefined : view.waiting,
        samples: Rate.withSample(view.samples, at, bytes)
      }
    }
    case "Finished":
      return { ...view, finished: event, waiting: undefined, current: [], more: 0 }
    case "Step":
      return event.name === runBegan
        ? { ...empty, seq: view.seq, isGapless: view.isGapless, lastAt: at, beganAt: at }
        : view
    case "Would":
    case "Note":
      return view
  }
}

export const fold = (view: RunView, { at, event, seq }: Read): RunView => {
  if (seq !== undefined && seq <= view.seq) return view
  const placed: RunView = {
    ...view,
    beganAt: view.beganAt ?? at,
    lastAt: at,
    ...(seq === undefined ? {} : { seq, isGapless: view.isGapless && seq === view.seq + 1 })
  }
  return event === undefined ? placed : apply(placed, at, event)
}
