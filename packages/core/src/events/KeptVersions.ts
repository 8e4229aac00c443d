/** What becomes of what a run replaces or removes at its destination: told once by the run, and said alike by every face. */
import type { Capabilities } from "../contract/Capabilities.ts"
import type { Fact, RunEvent, Values } from "./RunEvent.ts"

export interface KeptVersions {
  /** What is replaced stays as an old version. */
  readonly replaced: boolean
  /** What is removed stays as an old version. */
  readonly removed: boolean
  /** The folder that both go to instead. */
  readonly aside?: string
}

export const step = "destinationKeeps"

export const told = ({ keepsVersions, removesForGood = false }: Capabilities, aside?: string): Fact => ({
  _tag: "Step",
  name: step,
  values: {
    replaced: keepsVersions,
    removed: keepsVersions && !removesForGood,
    ...(aside === undefined ? {} : { aside })
  }
})

export const ofValues = ({ aside, removed, replaced }: Values = {}): KeptVersions => ({
  replaced: replaced === true,
  removed: removed === true,
  ...(typeof aside === "string" ? { aside } : {})
})

/** Nothing of an event that tells of something else. */
export const of = (event: RunEvent): KeptVersions | undefined =>
  event._tag === "Step" && event.name === step ? ofValues(event.values) : undefined

const untilARule = "until a rule ends them"

/** Of files that are replaced, after a colon. */
export const ofReplaced = ({ aside, replaced }: KeptVersions): string =>
  aside === undefined
    ? replaced
      ? `old versions stay ${untilARule}`
      : "the old ones are gone, no versions kept"
    : `the old ones go to ${aside}`

/** Of files that are removed, after a colon. */
export const ofRemoved = ({ aside, removed }: KeptVersions): string =>
  aside === undefined ? (removed ? `hidden ${untilARule}` : "gone for good, no versions kept") : `they go to ${aside}`

export const words = (kept: KeptVersions): string =>
  `overwritten files: ${ofReplaced(kept)}; removed files: ${ofRemoved(kept)}`
