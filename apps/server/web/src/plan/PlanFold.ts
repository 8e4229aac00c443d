/** What a job would do, counted while it is planned. Counts are of everything; rows are kept up to a bound. */
import type { Cost } from "@ourclone/core/engine/Cost"
import type { Envelope } from "@ourclone/core/events/Envelope"
import type { Failure } from "@ourclone/core/events/Failure"
import * as KeptVersions from "@ourclone/core/events/KeptVersions"
import type { Fact } from "@ourclone/core/events/RunEvent"
import * as RunView from "@ourclone/core/events/RunView"

export const groups = ["new", "overwrite", "time", "delete", "folder", "other", "pass", "fail"] as const
export type Group = (typeof groups)[number]

export interface PlanRow {
  readonly key: number
  readonly group: Group
  readonly item: string
  readonly bytes: number | undefined
  readonly because: string
}

/** Of what would be stored. */
export interface Largest {
  readonly item: string
  readonly bytes: number
}

export interface Plan {
  readonly view: RunView.RunView
  readonly counts: { readonly [Name in Group]: { readonly files: number; readonly bytes: number } }
  readonly rows: ReadonlyArray<PlanRow>
  readonly largest: Largest | undefined
  /** What becomes of what is replaced or deleted, once that is told. */
  readonly kept: KeptVersions.KeptVersions | undefined
  readonly outcome: "planning" | "done" | "failed"
  readonly failure: Failure | undefined
  /** What to think of before it is started: another run at the same place, a repository that would go. */
  readonly warnings: ReadonlyArray<string>
  /** By the rates of the services on its sides, where something is charged. */
  readonly cost: Cost | undefined
}

export const rowsKept = 10_000
export const warningsKept = 20

const none = { files: 0, bytes: 0 }
const noCounts = Object.fromEntries(groups.map((group) => [group, none])) as Plan["counts"]

export const empty: Plan = {
  view: RunView.empty,
  counts: noCounts,
  rows: [],
  largest: undefined,
  kept: undefined,
  outcome: "planning",
  failure: undefined,
  warnings: [],
  cost: undefined
}

const ofDeed = ({ because, deed, what }: Extract<Fact, { readonly _tag: "Would" }>): Group | undefined => {
  if (deed === "same" || because === "same at the destination") return undefined
  if (what !== undefined) return what === "folder" ? "folder" : "other"
  if (deed === "stored" || deed === "moved") return because === undefined || because === "missing" ? "new" : "overwrite"
  if (deed === "restored") return "new"
  if (deed === "updated") return "overwrite"
  if (deed === "touched") return "time"
  if (deed === "removed") return "delete"
  return deed === "directoryMade" || deed === "directoryRemoved" ? "folder" : "other"
}

type Told = Omit<PlanRow, "key">

const toldBy = (fact: Envelope["event"]): Told | undefined => {
  if (fact._tag === "Skipped") return { group: "pass", item: fact.item, bytes: undefined, because: fact.because }
  if (fact._tag === "Failed") {
    return { group: "fail", item: fact.failure.item ?? "", bytes: undefined, because: fact.failure.message }
  }
  if (fact._tag !== "Would") return undefined
  const group = ofDeed(fact)
  return group === undefined ? undefined : { group, item: fact.item, bytes: fact.bytes, because: fact.because ?? "" }
}

const storing: ReadonlySet<Group> = new Set(["new", "overwrite"])

const isCost = (value: unknown): value is Cost =>
  typeof value === "object" && value !== null && "monthly" in value && "once" in value

const costIn = (summary: unknown): Cost | undefined => {
  const cost = typeof summary === "object" && summary !== null && "cost" in summary ? summary.cost : undefined
  return isCost(cost) ? cost : undefined
}

/** Many at once, so that a plan of a million files is drawn a few times a second. */
export const fold = (plan: Plan, some: ReadonlyArray<Envelope>): Plan => {
  let { cost, failure, kept, largest, outcome, view } = plan
  const counts = { ...plan.counts }
  const rows = [...plan.rows]
  const warnings = [...plan.warnings]
  for (const envelope of some) {
    view = RunView.fold(view, envelope)
    const { event } = envelope
    kept = KeptVersions.of(event) ?? kept
    const told = toldBy(event)
    if (told !== undefined) {
      const { bytes, files } = counts[told.group]
      counts[told.group] = { files: files + 1, bytes: bytes + (told.bytes ?? 0) }
      if (storing.has(told.group) && (told.bytes ?? 0) > (largest?.bytes ?? 0)) {
        largest = { item: told.item, bytes: told.bytes ?? 0 }
      }
      if (rows.length < rowsKept) rows.push({ ...told, key: rows.length })
    }
    if (event._tag === "Note" && warnings.length < warningsKept) warnings.push(event.message)
    if (event._tag === "Finished") {
      outcome = event.outcome === "done" ? "done" : "failed"
      failure = event.failure
      cost = costIn(event.summary)
    }
  }
  return { view, counts, rows, largest, kept, outcome, failure, warnings, cost }
}
