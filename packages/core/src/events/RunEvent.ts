/**
 * What happens in a run, as it happens: one schema for every kind of job and every face.
 *
 * Facts are kept and never lost: each item that a run takes up ends as exactly one `Done`, `Skipped`
 * or `Failed`. The gauge, `Progress`, only restates how far the run is, so the last one wins.
 */
import * as Schema from "effect/Schema"
import { Failure } from "./Failure.ts"

/** What a run is busy with. */
export const Phase = Schema.Literals([
  "listing",
  "comparing",
  "hashing",
  "transferring",
  "deleting",
  "verifying",
  "finishing"
])
export type Phase = typeof Phase.Type

/** What became of an item that is done. */
export const Deed = Schema.Literals([
  "stored",
  "copied",
  "touched",
  "same",
  "updated",
  "removed",
  "moved",
  "directoryMade",
  "directoryRemoved",
  "restored",
  "verified"
])
export type Deed = typeof Deed.Type

/** Why a run does nothing for a while. */
export const WaitReason = Schema.Literals(["service", "network", "lock", "credentials", "space", "limit"])
export type WaitReason = typeof WaitReason.Type

/** Figures and texts that belong to one kind of job. */
export const Values = Schema.Record(Schema.String, Schema.Union([Schema.String, Schema.Finite, Schema.Boolean]))
export type Values = typeof Values.Type

export const Fact = Schema.TaggedUnion({
  /** How much there is to do as far as is known; what is said last holds, and `isFinal` says that it will grow no more. */
  Planned: {
    files: Schema.Int,
    bytes: Schema.Int,
    removals: Schema.Int,
    isFinal: Schema.Boolean,
    /** Items that need nothing done, as they are the same already. No fact tells of each. */
    same: Schema.optionalKey(Schema.Int)
  },
  /** Of a preview: what a run would do with an item, and why, for people. */
  Would: {
    deed: Deed,
    item: Schema.String,
    bytes: Schema.optionalKey(Schema.Int),
    because: Schema.optionalKey(Schema.String)
  },
  Done: {
    deed: Deed,
    item: Schema.String,
    bytes: Schema.optionalKey(Schema.Int),
    values: Schema.optionalKey(Values)
  },
  Skipped: { item: Schema.String, because: Schema.String, values: Schema.optionalKey(Values) },
  Failed: { failure: Failure },
  /** A step that belongs to one kind of job: `name` is stable. `detail` is what does not fit into flat values, as the kind's own schema says. */
  Step: { name: Schema.String, values: Schema.optionalKey(Values), detail: Schema.optionalKey(Schema.Json) },
  /** Nothing goes on until `until`, in milliseconds since 1970 UTC, where that is known. Ends with the next event that tells of work. */
  Waiting: { for: WaitReason, until: Schema.optionalKey(Schema.Int), failure: Schema.optionalKey(Failure) },
  /** Something a person should know that is no failure. `code` is stable, for programs. */
  Note: { code: Schema.String, message: Schema.String },
  /** The last fact of every run. `summary` is what the kind's schema says, as JSON. */
  Finished: {
    outcome: Schema.Literals(["done", "failed", "cancelled"]),
    /** Who cancelled. */
    by: Schema.optionalKey(Schema.String),
    failure: Schema.optionalKey(Failure),
    summary: Schema.optionalKey(Schema.Json)
  }
})
export type Fact = typeof Fact.Type

/** An item on its way: `done` of `size` bytes, of its own phase where that is not the run's. */
export const InFlight = Schema.Struct({
  item: Schema.String,
  done: Schema.Int,
  size: Schema.Int,
  phase: Schema.optionalKey(Phase)
})
export type InFlight = typeof InFlight.Type

/** How far the run is, at most ten times a second. */
export const Progress = Schema.TaggedStruct("Progress", {
  phase: Phase,
  /** Items that have ended, and bytes done, those of items on their way included. */
  files: Schema.Int,
  bytes: Schema.Int,
  /** Some of the items on their way, the earliest first. */
  current: Schema.Array(InFlight),
  /** Items on their way besides those. */
  more: Schema.optionalKey(Schema.Int),
  /** Counts that belong to one kind of job, restated as the others are. */
  figures: Schema.optionalKey(Schema.Record(Schema.String, Schema.Finite))
})
export type Progress = typeof Progress.Type

export const RunEvent = Schema.Union([Fact, Progress])
export type RunEvent = typeof RunEvent.Type
