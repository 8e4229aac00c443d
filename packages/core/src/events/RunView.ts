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

/** A view that nobody else has yet. */
type Draft = { -readonly [Name in keyof RunView]: RunView[Name] }

const applyFailure = (draft: Draft, failure: Failure): void => {
  const { causes, failures } = draft
  const { code } = failure
  const cause = { items: (causes[code]?.items ?? 0) + 1, example: causes[code]?.example ?? failure }
  draft.failed++
  draft.causes = { ...causes, [code]: cause }
  if (failures.length < failuresKept) draft.failures = [...failures, failure]
}

const apply = (draft: Draft, at: number, event: RunEvent): void => {
  switch (event._tag) {
    case "Planned": {
      const { bytes, files, isFinal, removals, same = 0 } = event
      draft.planned = { bytes, files, isFinal, removals, same }
      return
    }
    case "Done":
      draft.waiting = undefined
      draft.deeds = { ...draft.deeds, [event.deed]: (draft.deeds[event.deed] ?? 0) + 1 }
      draft.settledBytes += event.bytes ?? 0
      return
    case "Skipped":
      draft.skipped++
      draft.skips = withSkip(draft.skips, event)
      return
    case "Failed":
      applyFailure(draft, event.failure)
      return
    case "Waiting": {
      const since = draft.waiting?.for === event.for ? draft.waiting.since : at
      draft.waiting = { for: event.for, since, until: event.until, failure: event.failure }
      return
    }
    case "Progress": {
      const { bytes, current, files, more = 0, phase } = event
      const goesOn = files > draft.done.files || bytes > draft.done.bytes || phase !== draft.phase
      if (goesOn) draft.waiting = undefined
      draft.phase = phase
      draft.done = { files, bytes }
      draft.current = current
      draft.more = more
      draft.samples = Rate.withSample(draft.samples, at, bytes)
      return
    }
    case "Finished":
      draft.finished = event
      draft.waiting = undefined
      draft.current = []
      draft.more = 0
      return
    case "Step": {
      const { isGapless, seq } = draft
      if (event.name === runBegan) Object.assign(draft, { ...empty, seq, isGapless, lastAt: at, beganAt: at })
      return
    }
    case "Would":
    case "Note":
      return
  }
}

export const fold = (view: RunView, { at, event, seq }: Read): RunView => {
  if (seq !== undefined && seq <= view.seq) return view
  const draft: Draft = { ...view }
  draft.beganAt ??= at
  draft.lastAt = at
  if (seq !== undefined) {
    draft.isGapless = view.isGapless && seq === view.seq + 1
    draft.seq = seq
  }
  if (event !== undefined) apply(draft, at, event)
  return draft
}
