/** A plan: counts that are filters, what it costs, what it would do with each file, and the button that starts it. */
import * as Amount from "@ourclone/core/events/Amount"
import { type ReactNode, useState } from "react"
import { type Column, DataTable } from "../ui/DataTable.tsx"
import { Notice } from "../ui/Notice.tsx"
import { Path, visible } from "../ui/Path.tsx"
import { Progress } from "../ui/Progress.tsx"
import { adviceOf } from "../words/remedies.ts"
import { type Group, groups, type Plan, type PlanRow, rowsKept } from "./PlanFold.ts"
import styles from "./PlanPanel.module.css"

const words: { readonly [Name in Group]: { readonly label: string; readonly unit: "file" | "folder" | "entry" } } = {
  new: { label: "Copy new", unit: "file" },
  overwrite: { label: "Overwrite", unit: "file" },
  time: { label: "Set time or attributes", unit: "file" },
  delete: { label: "Delete", unit: "file" },
  folder: { label: "Folders", unit: "folder" },
  other: { label: "Other", unit: "entry" },
  pass: { label: "Pass over", unit: "entry" },
  fail: { label: "Can not be read", unit: "entry" }
}

const counted = (count: number, unit: string): string =>
  `${Amount.count(count)} ${count === 1 ? unit : unit === "entry" ? "entries" : `${unit}s`}`

type Labels = Partial<Readonly<Record<Group, string>>>

const because: Column<PlanRow> = {
  id: "because",
  label: "Because",
  width: "minmax(120px, 1fr)",
  cell: (row) => <span title={visible(row.because)}>{visible(row.because)}</span>
}

const columnsOf = (label: Labels, hasReasons: boolean): ReadonlyArray<Column<PlanRow>> => [
  { id: "what", label: "What", width: "150px", cell: ({ group }) => label[group] ?? words[group].label },
  { id: "path", label: "Path", width: "minmax(180px, 2fr)", onPhone: "first", cell: ({ item }) => <Path>{item}</Path> },
  {
    id: "size",
    label: "Size",
    width: "88px",
    isNumber: true,
    cell: ({ bytes }) => (bytes === undefined ? "–" : Amount.bytes(bytes))
  },
  ...(hasReasons ? [because] : [])
]

interface PlanPanelProps {
  readonly plan: Plan
  readonly isPlanning: boolean
  readonly problem: string | undefined
  /** Words about versions, costs and time. */
  readonly notes?: ReactNode
  /** What a guard would take to go on. */
  readonly guardActions?: ReactNode
  /** The buttons that start it, in sight above its rows. */
  readonly start?: ReactNode
  readonly label?: Labels
}

export const PlanPanel = ({ guardActions, isPlanning, label = {}, notes, plan, problem, start }: PlanPanelProps) => {
  const [only, setOnly] = useState<Group>()
  const { counts, failure, rows, view, warnings } = plan
  const shown = only === undefined ? rows : rows.filter(({ group }) => group === only)
  const there = groups.filter((group) => counts[group].files > 0)
  const same = view.planned.same
  const advice = failure === undefined ? undefined : adviceOf(failure.code, failure.remedy)
  return (
    <section aria-label="Plan" className={styles.plan} aria-busy={isPlanning}>
      <header className={styles.head}>
        <h2>Plan</h2>
        <span className={styles.muted} role="status">
          {isPlanning
            ? "Planning; nothing is written"
            : plan.outcome === "done"
              ? "Complete; nothing is written"
              : "Stopped; nothing is written"}
        </span>
      </header>
      {isPlanning ? <Progress label="Planning" share={undefined} isThin /> : null}
      {problem === undefined ? null : (
        <Notice tone="failed" isUrgent title="It could not be planned">
          {problem}
        </Notice>
      )}
      {failure === undefined ? null : (
        <Notice
          tone={failure.code === "GuardStopped" ? "waiting" : "failed"}
          isUrgent
          title={failure.code === "GuardStopped" ? "A guard would stop this" : "It could not be planned"}
          actions={guardActions}
        >
          <p>{visible(failure.message)}</p>
          {advice === undefined || failure.code === "GuardStopped" ? null : <p>{advice.text}</p>}
        </Notice>
      )}
      <ul className={styles.counts} aria-label="What it would do">
        {there.map((group) => (
          <li key={group}>
            <button
              type="button"
              className={styles.count}
              aria-pressed={only === group}
              onClick={() => setOnly(only === group ? undefined : group)}
            >
              <span>{label[group] ?? words[group].label}</span>
              <strong>{counted(counts[group].files, words[group].unit)}</strong>
              <span className={styles.muted}>{counts[group].bytes === 0 ? "" : Amount.bytes(counts[group].bytes)}</span>
            </button>
          </li>
        ))}
        {same === 0 ? null : (
          <li className={styles.still}>
            <span>Leave alone</span>
            <strong>{counted(same, "file")}</strong>
            <span />
          </li>
        )}
        {!isPlanning && plan.outcome === "done" && there.length === 0 ? (
          <li className={styles.still}>Nothing is to be done.</li>
        ) : null}
      </ul>
      {notes}
      {warnings.length === 0 ? null : (
        <Notice tone="waiting" isUrgent title="Before you start">
          {warnings.map((text) => (
            <p key={text}>{visible(text)}</p>
          ))}
        </Notice>
      )}
      {start}
      {shown.length === 0 ? null : (
        <DataTable
          label="What it would do with each file"
          rows={shown}
          columns={columnsOf(
            label,
            shown.some((row) => row.because !== "")
          )}
          keyOf={({ key }) => String(key)}
          nameOf={({ item }) => item}
          maxRows={12}
        />
      )}
      {rows.length < rowsKept ? null : (
        <p className={styles.muted}>The first {Amount.count(rowsKept)} are listed; the counts are of all.</p>
      )}
    </section>
  )
}
