/**
 * What happens in a run, as it happens: one schema for every kind of job and every face.
 *
 * Facts are kept and never lost: each item that a run takes up ends as exactly one `Done`, `Skipped`
 * or `Failed`. The gauge, `Progress`, only restates how far the run is, so the last one wins.
 */
import * as Schema from "effect/Schema"
import { Remedy } from "../contract/Remedy.ts"
import { Failure } from "./Failure.ts"

export const Phase = Schema.Literals([
  "listing",
  "comparing",
  "hashing",
  "transferring",
  "deleting",
  "verifying",
  "finishing"
]).annotate({ identifier: "Phase", description: "What a run is busy with" })
export type Phase = typeof Phase.Type

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
]).annotate({ identifier: "Deed", description: "What became of an item" })
export type Deed = typeof Deed.Type

export const WaitReason = Schema.Literals(["service", "network", "lock", "credentials", "space", "limit"]).annotate({
  identifier: "WaitReason",
  description: "Why a run does nothing for a while"
})
export type WaitReason = typeof WaitReason.Type

/** Figures and texts that belong to one kind of job. */
export const Values = Schema.Record(Schema.String, Schema.Union([Schema.String, Schema.Finite, Schema.Boolean]))
export type Values = typeof Values.Type

const text = (description: string) => Schema.String.annotate({ description })
const whole = (description: string) => Schema.Int.annotate({ description })
/** The item of a fact that names none of these is a file, unless its deed is one of folders. */
const what = Schema.optionalKey(
  Schema.Literals(["folder", "link", "special"]).annotate({ description: "What the item is, where it is no file" })
)
const item = text("The file, folder, snapshot or other thing")
const bytes = Schema.optionalKey(whole("Its bytes"))
const values = Schema.optionalKey(Values.annotate({ description: "Figures and texts that belong to this kind of job" }))

/** `EventMeaning.ts` says what each means. */
export const Fact = Schema.TaggedUnion({
  Planned: {
    files: whole("Files to be done"),
    bytes: whole("Their bytes"),
    removals: whole("Items to be removed"),
    isFinal: Schema.Boolean.annotate({ description: "Whether this will grow no more" }),
    isWhole: Schema.optionalKey(
      Schema.Boolean.annotate({ description: "Whether what earlier runs of the same task did is counted once more" })
    ),
    same: Schema.optionalKey(whole("Items that need nothing done, as they are the same; no fact tells of each"))
  },
  Would: { deed: Deed, item, what, bytes, because: Schema.optionalKey(text("Why, for people")), values },
  Done: { deed: Deed, item, what, bytes, values },
  Skipped: { item, because: text("Why, for people"), remedy: Schema.optionalKey(Remedy), values },
  Failed: { failure: Failure },
  Step: {
    name: text("Stable, for programs"),
    values,
    detail: Schema.optionalKey(Schema.Json.annotate({ description: "What does not fit into flat values" }))
  },
  Waiting: {
    for: WaitReason,
    until: Schema.optionalKey(whole("In milliseconds since 1970 UTC, where that is known")),
    failure: Schema.optionalKey(Failure)
  },
  Note: {
    code: text("Stable, for programs"),
    message: text("For people"),
    item: Schema.optionalKey(item),
    remedy: Schema.optionalKey(Remedy)
  },
  Finished: {
    outcome: Schema.Literals(["done", "failed", "cancelled"]),
    by: Schema.optionalKey(text("Who cancelled")),
    failure: Schema.optionalKey(Failure),
    summary: Schema.optionalKey(Schema.Json.annotate({ description: "As the kind of job says" }))
  }
})
export type Fact = typeof Fact.Type

type OfItem = Extract<Fact, { readonly _tag: "Would" | "Done" }>

export const isOfFolder = ({ deed, what }: OfItem): boolean =>
  what === "folder" || deed === "directoryMade" || deed === "directoryRemoved"

/** What is counted as a file, by every face: neither folders, nor links and devices. */
export const isOfFile = (fact: OfItem): boolean => fact.what === undefined && !isOfFolder(fact)

export const InFlight = Schema.Struct({
  item,
  done: whole("Bytes of it that are done"),
  size: whole("Its bytes"),
  phase: Schema.optionalKey(Phase.annotate({ description: "What it goes through, where that is not the run's phase" }))
}).annotate({ identifier: "InFlight", description: "An item on its way" })
export type InFlight = typeof InFlight.Type

export const Progress = Schema.TaggedStruct("Progress", {
  phase: Phase,
  files: whole("Files that have ended"),
  bytes: whole("Bytes done, those of items on their way included"),
  current: Schema.Array(InFlight).annotate({ description: "Some of the items on their way, the earliest first" }),
  more: Schema.optionalKey(whole("Items on their way besides those")),
  figures: Schema.optionalKey(
    Schema.Record(Schema.String, Schema.Finite).annotate({
      description: "Counts that belong to this kind of job, restated as the others are"
    })
  )
})
export type Progress = typeof Progress.Type

export const RunEvent = Schema.Union([Fact, Progress])
export type RunEvent = typeof RunEvent.Type
