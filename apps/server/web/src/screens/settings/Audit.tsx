import type { AuditEntry } from "../../../../src/api/settings/SettingsGroup.ts"
import { useLoaded } from "../../api/loaded.ts"
import { audit } from "../../api/queries.ts"
import { type Column, DataTable } from "../../ui/DataTable.tsx"
import { Empty } from "../../ui/Empty.tsx"
import { visible } from "../../ui/Path.tsx"
import { StateBadge } from "../../ui/StateBadge.tsx"
import { exactly } from "../../words/moments.ts"
import styles from "./Settings.module.css"
import { SettingsPage } from "./SettingsPage.tsx"

const columns: ReadonlyArray<Column<AuditEntry>> = [
  { id: "at", label: "Time", width: "136px", cell: ({ at }) => exactly(at) },
  {
    id: "who",
    label: "Who",
    width: "140px",
    cell: ({ token, who }) => `${who === "" ? "nobody known" : visible(who)}${token === null ? "" : ", by token"}`
  },
  {
    id: "what",
    label: "What",
    width: "minmax(140px, 1fr)",
    onPhone: "first",
    cell: ({ what }) => <code>{visible(what)}</code>
  },
  { id: "on", label: "On", width: "minmax(140px, 1.4fr)", cell: ({ on }) => visible(on) },
  { id: "from", label: "From", width: "130px", onPhone: "none", cell: ({ from }) => visible(from) },
  {
    id: "status",
    label: "Result",
    width: "140px",
    cell: ({ status }) => (
      <StateBadge tone={status < 400 ? "done" : "failed"} icon={status < 400 ? "check" : "cross"}>
        {status < 400 ? "done" : status === 499 ? "not waited for" : `refused, ${status}`}
      </StateBadge>
    )
  }
]

export const Audit = () => {
  const { entries, isCut } = useLoaded(audit)
  return (
    <SettingsPage part="Audit log">
      {entries.length === 0 ? (
        <Empty icon="shield" title="Nothing was changed yet" />
      ) : (
        <DataTable
          label="Audit log"
          rows={entries}
          columns={columns}
          keyOf={({ id }) => String(id)}
          nameOf={({ what }) => what}
        />
      )}
      {isCut ? <p className={styles.muted}>The newest 500 are shown; the API has all.</p> : null}
    </SettingsPage>
  )
}
