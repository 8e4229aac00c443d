/** Snapshots, the newest first; several are forgotten, two are compared. */
import * as Amount from "@ourclone/core/events/Amount"
import type { SnapshotRow } from "@ourclone/jobs/repository/SnapshotRow"
import { useQuery } from "@tanstack/react-query"
import { useNavigate } from "@tanstack/react-router"
import { useState } from "react"
import { messageOf } from "../../api/call.ts"
import { snapshots as snapshotsQuery } from "../../api/queries.ts"
import { useShortTask } from "../../api/start.ts"
import { useMay } from "../../shell/may.ts"
import { Button, LinkButton } from "../../ui/Button.tsx"
import { type Column, DataTable } from "../../ui/DataTable.tsx"
import { Dialog } from "../../ui/Dialog.tsx"
import { Empty } from "../../ui/Empty.tsx"
import { Notice } from "../../ui/Notice.tsx"
import { visible } from "../../ui/Path.tsx"
import { exactly, monthOf } from "../../words/moments.ts"
import styles from "./Backup.module.css"

export const shortId = (id: string): string => id.slice(0, 8)

const columns: ReadonlyArray<Column<SnapshotRow>> = [
  { id: "time", label: "Time", width: "136px", onPhone: "first", cell: ({ time }) => exactly(Date.parse(time)) },
  { id: "host", label: "Host", width: "110px", cell: ({ hostname }) => visible(hostname) },
  {
    id: "folders",
    label: "Folders",
    width: "minmax(180px, 2fr)",
    cell: ({ paths }) => <span title={paths.map(visible).join("\n")}>{paths.map(visible).join(", ")}</span>
  },
  {
    id: "files",
    label: "Files",
    width: "90px",
    isNumber: true,
    onPhone: "none",
    cell: ({ summary }) => (summary === undefined ? "–" : Amount.count(summary.totalFilesProcessed))
  },
  {
    id: "size",
    label: "Size",
    width: "90px",
    isNumber: true,
    onPhone: "none",
    cell: ({ summary }) => (summary === undefined ? "–" : Amount.bytes(summary.totalBytesProcessed))
  },
  {
    id: "added",
    label: "New",
    width: "90px",
    isNumber: true,
    onPhone: "none",
    cell: ({ summary }) => (summary === undefined ? "–" : Amount.bytes(summary.dataAddedPacked))
  },
  {
    id: "tags",
    label: "Tags",
    width: "minmax(60px, 120px)",
    onPhone: "none",
    cell: ({ tags }) => tags.map(visible).join(", ")
  },
  { id: "id", label: "ID", width: "84px", onPhone: "none", cell: ({ id }) => <code>{shortId(id)}</code> }
]

const ForgetDialog = ({
  chosen,
  onClose,
  repository
}: {
  chosen: ReadonlyArray<SnapshotRow>
  onClose: () => void
  repository: string
}) => {
  const run = useShortTask()
  const what = `${chosen.length} ${chosen.length === 1 ? "snapshot" : "snapshots"}`
  return (
    <Dialog
      title={`Forget ${what}?`}
      onClose={onClose}
      actions={
        <>
          <Button onPress={onClose}>Back</Button>
          <Button
            look="danger"
            icon="trash"
            onPress={() => {
              onClose()
              void run({
                kind: "forget",
                request: { repository, ids: chosen.map(({ id }) => id) },
                done: `Forgot ${what}`
              })
            }}
          >
            Forget {what}
          </Button>
        </>
      }
    >
      <p>They can not be restored any more. The space they take is freed by the next prune.</p>
    </Dialog>
  )
}

export const SnapshotList = ({ repository }: { readonly repository: string }) => {
  const navigate = useNavigate()
  const { data, error, isFetching, refetch } = useQuery(snapshotsQuery(repository))
  const [marked, setMarked] = useState<ReadonlySet<string>>(new Set())
  const [isForgetting, setForgetting] = useState(false)
  const mayNot = useMay("backup")
  const all = (data?.rows ?? []).toSorted((left, right) => Date.parse(right.time) - Date.parse(left.time))
  const chosen = all.filter(({ id }) => marked.has(id))
  if (error !== null) {
    return (
      <Notice
        tone="failed"
        title="The snapshots could not be listed"
        actions={<Button onPress={() => void refetch()}>Try again</Button>}
      >
        {messageOf(error)}
      </Notice>
    )
  }
  if (data === undefined) return <p role="status">Opening the repository…</p>
  if (all.length === 0) {
    return (
      <Empty
        icon="archive"
        title="No snapshot yet"
        actions={
          <LinkButton look="primary" icon="plus" to="/backup/$repository/new" params={{ repository }}>
            New Backup
          </LinkButton>
        }
      >
        The first backup uploads everything that is chosen; later ones only what has changed.
      </Empty>
    )
  }
  const [newer, older] = chosen
  return (
    <>
      <div className={styles.tools}>
        <span className={styles.muted}>
          {chosen.length === 0
            ? `${Amount.count(all.length)} ${all.length === 1 ? "snapshot" : "snapshots"}`
            : `${chosen.length} marked`}
        </span>
        <Button
          isDense
          icon="diff"
          not={chosen.length === 2 ? undefined : "Mark two snapshots"}
          onPress={() => {
            if (newer === undefined || older === undefined) return
            void navigate({
              to: "/backup/$repository/$snapshot",
              params: { repository, snapshot: newer.id },
              search: { against: older.id }
            })
          }}
        >
          Compare
        </Button>
        <Button
          isDense
          icon="trash"
          not={mayNot ?? (chosen.length === 0 ? "Mark snapshots first" : undefined)}
          onPress={() => setForgetting(true)}
        >
          Forget
        </Button>
        <Button isDense icon="refresh" isBusy={isFetching} onPress={() => void refetch()}>
          Reload
        </Button>
      </div>
      <DataTable
        label="Snapshots"
        rows={all}
        groupOf={({ time }) => monthOf(Date.parse(time))}
        columns={columns}
        keyOf={({ id }) => id}
        nameOf={({ id, time }) => `snapshot ${shortId(id)} of ${exactly(Date.parse(time))}`}
        marks={{ marked, onChange: setMarked }}
        onOpen={({ id }) =>
          void navigate({ to: "/backup/$repository/$snapshot", params: { repository, snapshot: id } })
        }
      />
      {isForgetting ? (
        <ForgetDialog repository={repository} chosen={chosen} onClose={() => setForgetting(false)} />
      ) : null}
    </>
  )
}
