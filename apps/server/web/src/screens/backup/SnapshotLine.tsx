/** Which host, which date am I looking at: the same line on every step. */
import * as Amount from "@ourclone/core/events/Amount"
import type { SnapshotRow } from "@ourclone/jobs/repository/SnapshotRow"
import { visible } from "../../ui/Path.tsx"
import { exactly } from "../../words/moments.ts"
import styles from "./Backup.module.css"

export const SnapshotLine = ({ snapshot }: { readonly snapshot: SnapshotRow | undefined }) => {
  if (snapshot === undefined) return null
  const { hostname, paths, summary, tags, time } = snapshot
  return (
    <p className={styles.line}>
      <strong>{exactly(Date.parse(time))}</strong>
      <span>on {visible(hostname)}</span>
      <span>{paths.map(visible).join(", ")}</span>
      {summary === undefined ? null : (
        <span>
          {Amount.files(summary.totalFilesProcessed)}, {Amount.bytes(summary.totalBytesProcessed)}
        </span>
      )}
      {tags.length === 0 ? null : <span>tags {tags.map(visible).join(", ")}</span>}
    </p>
  )
}
