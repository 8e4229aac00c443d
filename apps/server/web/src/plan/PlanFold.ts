/** What a job would do, counted while it is planned. Counts are of everything; rows are kept up to a bound. */
import type { Envelope } from "@ourclone/core/events/Envelope"
import type { Failure } from "@ourclone/core/events/Failure"
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

export interface Plan {
  readonly view: RunView.RunView
  readonly counts: { readonly [Name in Group]: { readonly files: number; readonly bytes: number } }
  readonly rows: ReadonlyArray<PlanRow>
  readonly outcome: "planning" | "done" | "failed"
  readonly failure: Failure | undefined
}

export const rowsKept = 10_000

const none = { files: 0, bytes: 0 }
const noCounts = Object.fromEntries(groups.map((group) => [group, none])) as Plan["counts"]

export const empty: Plan = { view: RunView.empty, counts: noCounts, rows: [], outcome: "planning", failure: undefined }

const ofDeed = ({ because, deed }: Extract<Fact, { readonly _tag: "Would" }>): Group | undefined => {
  if (deed === "same" || because === "same at the destination") return undefined
  if (deed === "stored" || deed === "moved") return because === undefined || because === "missing" ? "new" : "overwrite"
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

/** Many at once, so that a plan of a million files is drawn a few times a second. */
export const fold = (plan: Plan, some: ReadonlyArray<Envelope>): Plan => {
  let { failure, outcome, view } = plan
  const counts = { ...plan.counts }
  const rows = [...plan.rows]
  for (const envelope of some) {
    view = RunView.fold(view, envelope)
    const { event } = envelope
    const told = toldBy(event)
    if (told !== undefined) {
      const { bytes, files } = counts[told.group]
      counts[told.group] = { files: files + 1, bytes: bytes + (told.bytes ?? 0) }
      if (rows.length < rowsKept) rows.push({ ...told, key: rows.length })
    }
    if (event._tag === "Finished") {
      outcome = event.outcome === "done" ? "done" : "failed"
      failure = event.failure
    }
  }
  return { view, counts, rows, outcome, failure }
}
