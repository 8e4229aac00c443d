/** What changed from one snapshot to another. */
import { useQuery } from "@tanstack/react-query"
import { messageOf } from "../../api/call.ts"
import { rows } from "../../api/queries.ts"
import { LinkButton } from "../../ui/Button.tsx"
import { type Column, DataTable } from "../../ui/DataTable.tsx"
import { Empty } from "../../ui/Empty.tsx"
import { Notice } from "../../ui/Notice.tsx"
import { Section } from "../../ui/Page.tsx"
import { Path } from "../../ui/Path.tsx"
import { shortId } from "./SnapshotList.tsx"

type DiffRow =
  | { readonly _tag: "Change"; readonly path: string; readonly modifier: string }
  | { readonly _tag: "Statistics"; readonly changedFiles: number }
type Change = Extract<DiffRow, { readonly _tag: "Change" }>

const words: Readonly<Record<string, string>> = {
  "+": "added",
  "-": "removed",
  M: "changed",
  U: "other metadata",
  T: "other type",
  "?": "damaged"
}

const columns: ReadonlyArray<Column<Change>> = [
  {
    id: "what",
    label: "What",
    width: "130px",
    cell: ({ modifier }) => [...modifier].map((one) => words[one] ?? one).join(", ")
  },
  { id: "path", label: "Path", width: "minmax(200px, 1fr)", onPhone: "first", cell: ({ path }) => <Path>{path}</Path> }
]

export const SnapshotDiff = ({
  from,
  repository,
  to
}: {
  readonly repository: string
  readonly from: string
  readonly to: string
}) => {
  const { data, error } = useQuery(rows<DiffRow>("diff", { repository, from, to }))
  const changes = (data?.rows ?? []).flatMap((row) => (row._tag === "Change" ? [row] : []))
  return (
    <Section
      title={`Changes from ${shortId(from)} to ${shortId(to)}`}
      actions={
        <LinkButton isDense to="/backup/$repository/$snapshot" params={{ repository, snapshot: to }}>
          Its files
        </LinkButton>
      }
    >
      {error === null ? null : (
        <Notice tone="failed" title="They could not be compared">
          {messageOf(error)}
        </Notice>
      )}
      {data === undefined && error === null ? <p role="status">Comparing…</p> : null}
      {data !== undefined && changes.length === 0 ? <Empty icon="check" title="Nothing differs" /> : null}
      {changes.length === 0 ? null : (
        <DataTable
          label="Changes"
          rows={changes}
          columns={columns}
          keyOf={({ path }) => path}
          nameOf={({ path }) => path}
        />
      )}
    </Section>
  )
}
